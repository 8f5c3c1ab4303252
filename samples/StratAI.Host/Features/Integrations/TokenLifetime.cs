namespace StratAI.Host.Features.Integrations;

internal static class TokenLifetime
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    /// <summary>When an access token is refreshed: a minute before its end, of a short-lived one after half its life.</summary>
    public static TimeSpan BeforeRefresh(TimeSpan lifetime) => lifetime - (Ahead < lifetime / 2 ? Ahead : lifetime / 2);
}
