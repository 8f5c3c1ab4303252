namespace StratAI.Caching.Internal;

/// <summary>
/// A write of this instance to an entry, by which Redis's report of it is told from a report of somebody else's change.
/// </summary>
/// <param name="digest">Of what was written; see <c>PayloadDigest</c>.</param>
internal sealed class OwnWrite(string digest)
{
    private const long Disowned = -1;

    private long _since = long.MaxValue;

    public string Digest => digest;

    /// <summary>The last report that is not held against the value: any before the first has come, and that one after it.</summary>
    public long Since => Volatile.Read(ref _since);

    public void Reported(long notice) => Volatile.Write(ref _since, notice);

    /// <summary>From now on every report counts against the value.</summary>
    public void Disown() => Volatile.Write(ref _since, Disowned);
}
