namespace StratAI.Storage.Migration.Internal;

internal enum RowOutcome
{
    Moved,
    Returned,
    Purged,
    Quarantined,

    /// <summary>It is no longer there, or holds something else than it did.</summary>
    Gone,

    /// <summary>It changed while it was being worked on, and is queued again.</summary>
    Changed,

    /// <summary>Its lease ended, and it is somebody else's.</summary>
    Lost,

    /// <summary>Store or database failed.</summary>
    Failed,
}

internal readonly record struct RowResult(RowOutcome Outcome, long Bytes = 0, string? Reason = null);
