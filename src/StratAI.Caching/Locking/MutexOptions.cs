namespace StratAI.Caching.Locking;

/// <summary>Settings of one mutex. Validated when the host starts; the message names the property and the value.</summary>
public sealed class MutexOptions
{
    /// <summary>
    /// StackExchange.Redis configuration string of the server that knows who holds what. Unset (the default), the application's own registered
    /// <c>IConnectionMultiplexer</c> is used; with neither, exclusion holds in this process alone.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>
    /// First part of every Redis key. 1–64 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>; default <c>mutex</c>. Instances with the same namespace and service key exclude each
    /// other; they must have the same <see cref="Lease"/>.
    /// </summary>
    public string Namespace { get; set; } = "mutex";

    /// <summary>
    /// How long a holder may be silent before another takes its place. It is renewed every third of this span. 100 ms to 1 hour; default 30 s. Who waits keeps its place for a tenth
    /// of it, at least 100 ms and at most 3 s, and renews that likewise.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait of <see cref="IDistributedMutex.AcquireAsync"/> when the call names none. Zero to 24 days, or infinite; default 30 s.</summary>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for one Redis call, after which Redis counts as not answering. 1 ms to 1 minute; default 250 ms.</summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What an acquisition does when Redis does not answer. Default <see cref="MutexOutage.Refuse"/>.</summary>
    public MutexOutage Outage { get; set; } = MutexOutage.Refuse;
}
