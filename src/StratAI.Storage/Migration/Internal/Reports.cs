namespace StratAI.Storage.Migration.Internal;

internal static class Reports
{
    /// <summary>The state table's own count, apart from what this run did; without it, while the database fails, this run's view.</summary>
    public static MigrationReport OfRun(MigrationEnd end, Tally tally, IReadOnlyDictionary<string, long>? counts, long waiting, TimeSpan elapsed)
    {
        counts ??= new Dictionary<string, long>
        {
            [RowStates.Moved] = tally[RowOutcome.Moved],
            [RowStates.Quarantined] = tally[RowOutcome.Quarantined],
            [RowStates.Gone] = tally[RowOutcome.Gone],
            [RowStates.Waiting] = Math.Max(0, waiting - tally.Done),
        };
        // A row this run moved may have been returned or purged since.
        var moved = counts.GetValueOrDefault(RowStates.Moved) + counts.GetValueOrDefault(RowStates.Purged);
        var ours = Math.Min(tally[RowOutcome.Moved], moved);
        return Of(end, tally, elapsed) with
        {
            Total = counts.Values.Sum(),
            Moved = ours,
            AlreadyMoved = moved - ours,
            Quarantined = counts.GetValueOrDefault(RowStates.Quarantined),
            Gone = counts.GetValueOrDefault(RowStates.Gone),
            Remaining = counts.GetValueOrDefault(RowStates.Waiting) + counts.GetValueOrDefault(RowStates.Returning),
        };
    }

    public static MigrationReport OfDryRun(MigrationEnd end, Tally tally, IReadOnlyDictionary<string, long> before, long waiting, TimeSpan elapsed)
    {
        var moved = before.GetValueOrDefault(RowStates.Moved) + before.GetValueOrDefault(RowStates.Purged);
        var remaining = Math.Max(0, waiting - tally.Done);
        return Of(end, tally, elapsed) with { Total = moved + tally.Done + remaining, AlreadyMoved = moved, Remaining = remaining };
    }

    private static MigrationReport Of(MigrationEnd end, Tally tally, TimeSpan elapsed) => new()
    {
        End = end,
        Total = 0,
        Moved = tally[RowOutcome.Moved],
        AlreadyMoved = 0,
        Quarantined = tally[RowOutcome.Quarantined],
        Gone = tally[RowOutcome.Gone],
        Remaining = 0,
        Changed = tally[RowOutcome.Changed],
        Released = tally[RowOutcome.Failed],
        Returned = tally[RowOutcome.Returned],
        Purged = tally[RowOutcome.Purged],
        Bytes = tally.Bytes,
        Elapsed = elapsed,
        Reasons = tally.Reasons,
    };
}
