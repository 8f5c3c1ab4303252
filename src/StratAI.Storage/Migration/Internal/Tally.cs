using System.Collections.Concurrent;

namespace StratAI.Storage.Migration.Internal;

/// <summary>What one run has done, counted by all its workers.</summary>
internal sealed class Tally
{
    // Reasons begin with one of a few codes, by which they are counted.
    private readonly ConcurrentDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly long[] _outcomes = new long[Enum.GetValues<RowOutcome>().Length];
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public IReadOnlyDictionary<string, long> Reasons => _reasons.ToDictionary();

    /// <summary>Rows that need no more work.</summary>
    public long Done => this[RowOutcome.Moved] + this[RowOutcome.Returned] + this[RowOutcome.Purged] + this[RowOutcome.Quarantined] + this[RowOutcome.Gone];

    public long this[RowOutcome outcome] => Interlocked.Read(ref _outcomes[(int)outcome]);

    public void Add(RowResult result)
    {
        Interlocked.Increment(ref _outcomes[(int)result.Outcome]);
        Interlocked.Add(ref _bytes, result.Bytes);
        if (result is { Outcome: RowOutcome.Quarantined, Reason: { } reason })
        {
            _reasons.AddOrUpdate(reason.Split(':')[0], 1, (_, count) => count + 1);
        }
    }
}
