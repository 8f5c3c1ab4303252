namespace StratAI.Caching.Redis;

/// <summary>A change made for the sake of its report.</summary>
/// <param name="pair">The connections that are to report it.</param>
/// <param name="key">The changed key; no other canary has it.</param>
/// <param name="askedAt">When the change was about to be sent.</param>
internal sealed class Canary(TrackingConnection pair, string key, long askedAt)
{
    private long _madeAt = long.MaxValue;
    private volatile bool _hasCome;

    public TrackingConnection Pair => pair;

    public string Key => key;

    public long AskedAt => askedAt;

    /// <summary>Redis has answered, at <paramref name="now"/>, that the change is made.</summary>
    public void Made(long now) => Volatile.Write(ref _madeAt, now);

    public void Come() => _hasCome = true;

    /// <summary>Whether Redis made the change and <paramref name="patience"/> later has not reported it.</summary>
    public bool IsMissing(long now, long patience) => !_hasCome && Volatile.Read(ref _madeAt) is var madeAt && madeAt != long.MaxValue && now - madeAt >= patience;
}
