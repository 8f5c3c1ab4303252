namespace StratAI.Host.Security;

/// <summary>The names of the limits, as configuration and clients see them.</summary>
internal static class LimitPolicies
{
    public const string Ip = "ip";

    public const string User = "user";

    public const string Upload = "upload";

    public const string Chat = "chat";

    /// <summary>Generations that run at the same time.</summary>
    public const string ChatConcurrency = "chat-concurrency";

    /// <summary>What the model reads and writes, in tokens.</summary>
    public const string Tokens = "tokens";
}
