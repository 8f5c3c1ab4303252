using StratAI.Host.Errors;

namespace StratAI.Host.Features.Integrations;

internal static class IntegrationProblems
{
    public const string Unavailable = "integration-unavailable";
    public const string Reconnect = "integration-reconnect";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static Problem ToReconnect() =>
        new(409, Reconnect, "The service refuses the tokens of this integration: connect it anew.");

    public static Problem NotConfigured() =>
        new(503, Unavailable, "The calendar is not configured here: Integrations:Calendar:BaseUrl and Integrations:Calendar:TokenEndpoint.");

    public static Problem NeedsRedis() =>
        new(503, Unavailable, "Tokens are not refreshed while the database is shared and locks are not, as a refresh token might be spent twice: ConnectionStrings:Redis.");

    /// <summary>The service, its token endpoint or the lock does not answer.</summary>
    public static Problem NotAnswering(TimeSpan retryAfter) => new(503, Unavailable, "The service does not answer. Try again shortly.")
    {
        RetryAfter = retryAfter < Longest ? retryAfter : Longest,
    };
}
