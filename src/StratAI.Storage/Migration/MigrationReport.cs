namespace StratAI.Storage.Migration;

/// <summary>
/// What became of the rows. <see cref="Total"/> is the sum of <see cref="Moved"/>, <see cref="AlreadyMoved"/>, <see cref="Quarantined"/>,
/// <see cref="Gone"/> and <see cref="Remaining"/>.
/// </summary>
public sealed record MigrationReport
{
    /// <summary>How the run ended.</summary>
    public required MigrationEnd End { get; init; }

    /// <summary>Rows the state table knows; of a dry run, those that moved before and those that were looked at.</summary>
    public required long Total { get; init; }

    /// <summary>Rows this run moved; of a dry run, those that would move.</summary>
    public required long Moved { get; init; }

    /// <summary>Rows moved before, or by other processes meanwhile.</summary>
    public required long AlreadyMoved { get; init; }

    /// <summary>Rows set aside with a reason, by this run or before.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Rows that were deleted before they could move.</summary>
    public required long Gone { get; init; }

    /// <summary>Rows still to move.</summary>
    public required long Remaining { get; init; }

    /// <summary>How often a row was changed by somebody else while it was being moved. Each was queued again and is counted where it ended.</summary>
    public long Changed { get; init; }

    /// <summary>How often a row was given back because store or database failed.</summary>
    public long Released { get; init; }

    /// <summary>Rows this run gave their data back; only a reverse run does.</summary>
    public long Returned { get; init; }

    /// <summary>Rows whose column this run emptied; only a purge does.</summary>
    public long Purged { get; init; }

    /// <summary>Decoded bytes of the rows this run was done with.</summary>
    public long Bytes { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Rows found bad, by reason; of a dry run, and of a run what it quarantined itself.</summary>
    public IReadOnlyDictionary<string, long> Reasons { get; init; } = new Dictionary<string, long>();
}
