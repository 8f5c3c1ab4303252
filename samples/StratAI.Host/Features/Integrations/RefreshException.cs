namespace StratAI.Host.Features.Integrations;

internal enum RefreshFailure
{
    /// <summary>The service refuses the tokens.</summary>
    Refused,

    /// <summary>There is no such integration any more.</summary>
    Gone,

    /// <summary>The token endpoint, or the database with its answer in hand, failed.</summary>
    Unavailable,

    /// <summary>Another became the holder meanwhile.</summary>
    Overtaken,
}

internal sealed class RefreshException(RefreshFailure reason) : Exception($"The tokens were not refreshed: {reason}.")
{
    public RefreshFailure Reason => reason;
}
