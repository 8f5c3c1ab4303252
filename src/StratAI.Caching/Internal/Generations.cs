namespace StratAI.Caching.Internal;

/// <summary>
/// Tells whether any of a set of names was invalidated since a mark was taken. Names share a fixed number of counters, so it never
/// grows; two names on one counter make it answer "yes" too often, never "no" wrongly.
/// </summary>
internal sealed class Generations
{
    private readonly long[] _counters = new long[4096];
    private long _all;

    public void Advance(string name) => Interlocked.Increment(ref _counters[Slot(name)]);

    public void AdvanceAll() => Interlocked.Increment(ref _all);

    /// <summary>A number that is higher after any of the names, or everything, was advanced.</summary>
    public long Mark(string key, string[] tags)
    {
        var mark = Volatile.Read(ref _all) + Volatile.Read(ref _counters[Slot(key)]);
        foreach (var tag in tags)
        {
            mark += Volatile.Read(ref _counters[Slot(tag)]);
        }

        return mark;
    }

    private int Slot(string name) => (int)((uint)string.GetHashCode(name, StringComparison.Ordinal) % (uint)_counters.Length);
}
