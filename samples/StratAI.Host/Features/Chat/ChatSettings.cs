using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Chat;

/// <summary>Section <c>Chat</c>, but for the provider and what is the provider's own.</summary>
internal sealed class ChatSettings
{
    private const long Most = 1_000_000_000;

    /// <summary>
    /// How many tokens of its user's budget a question reserves before anything is known about its prompt: who has fewer left is refused at once.
    /// Default 2,000; from 1 to 1,000,000,000.
    /// </summary>
    public long ReservedTokens { get; set; } = 2_000;

    /// <summary>
    /// How many tokens a prompt may have, the model's window less the longest answer: at most half of them are documents, and earlier messages get what is
    /// left. Default 100,000; from 4,000 to 10,000,000.
    /// </summary>
    public int ContextTokens { get; set; } = 100_000;

    /// <summary>The room for documents, at four bytes a token.</summary>
    public int DocumentBytes => ContextTokens / 2 * 4;

    /// <summary>How long answers that run at shutdown may take to end by themselves. Default 10 s; from zero to half of the host's shutdown timeout.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    public sealed class Validator(IOptions<HostOptions> host) : IValidateOptions<ChatSettings>
    {
        public ValidateOptionsResult Validate(string? name, ChatSettings options)
        {
            // The other half is for storing the ends, and for whatever else has to stop.
            var longest = host.Value.ShutdownTimeout / 2;
            return options.ReservedTokens is < 1 or > Most ? ValidateOptionsResult.Fail($"Chat:ReservedTokens is {options.ReservedTokens}; it must be from 1 to {Most}.")
                : options.ContextTokens is < 4_000 or > 10_000_000 ? ValidateOptionsResult.Fail($"Chat:ContextTokens is {options.ContextTokens}; it must be from 4,000 to 10,000,000.")
                : options.DrainTime < TimeSpan.Zero || options.DrainTime > longest
                    ? ValidateOptionsResult.Fail($"Chat:DrainTime is {options.DrainTime}; it must be from 00:00:00 to {longest}, half of the shutdown timeout.")
                : ValidateOptionsResult.Success;
        }
    }
}
