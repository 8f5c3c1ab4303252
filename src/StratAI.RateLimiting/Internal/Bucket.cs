namespace StratAI.RateLimiting.Internal;

/// <summary>
/// The state of one key in this process, decided by the rules of the Redis script. A call asks <see cref="HasRoom"/> of each of its buckets, then takes from all
/// or none, then asks what is left. The caller holds the lock.
/// </summary>
internal abstract class Bucket(string kind)
{
    /// <summary>As <see cref="LimitRules.Kind"/>.</summary>
    public string Kind => kind;

    /// <summary>When the bucket is as good as new and can be forgotten, in microseconds on the store's clock.</summary>
    public abstract long IdleAt { get; }

    /// <summary>Brings the state up to now, and tells whether there is room.</summary>
    public abstract bool HasRoom(in LimitRequest request, long now);

    /// <summary>Takes what was asked for. Only after <see cref="HasRoom"/> at the same time, and only if there was room.</summary>
    /// <returns>The permits taken.</returns>
    public abstract long Take(in LimitRequest request, long now);

    /// <summary>What the request found, after it took or was refused.</summary>
    public abstract BucketView View(in LimitRequest request, long now, bool hadRoom, long taken);
}
