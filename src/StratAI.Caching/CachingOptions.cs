using System.Text.Json;

namespace StratAI.Caching;

/// <summary>Settings of one cache. Validated when the host starts; the message names the property and the value.</summary>
public sealed class CachingOptions
{
    internal static readonly TimeSpan UsualExpiration = TimeSpan.FromMinutes(5);

    /// <summary>
    /// StackExchange.Redis configuration string of the server that holds L2. Unset (the default), the application's own registered
    /// <c>IConnectionMultiplexer</c> is used; with neither, the cache lives in this process alone.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>
    /// First part of every Redis key and of the channel's name. 1–64 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>; default <c>cache</c>.
    /// Instances with the same namespace, <see cref="SchemaVersion"/> and service key share one cache.
    /// </summary>
    public string Namespace { get; set; } = "cache";

    /// <summary>
    /// Version of the cached types' shapes, 0 or more; default 1. Raise it when an old payload must not be read as the new type: both
    /// versions then live side by side during a rollout, and neither sees the other's entries or invalidations.
    /// </summary>
    public int SchemaVersion { get; set; } = 1;

    /// <summary>What a call does that names no profile, and what a profile leaves open. Entries live 5 minutes by default.</summary>
    public CacheProfile Default { get; set; } = new() { Expiration = UsualExpiration };

    /// <summary>Profiles by name, case ignored; default none. <c>cache.Profile(name)</c> gives one to a call.</summary>
    public IDictionary<string, CacheProfile> Profiles { get; } = new Dictionary<string, CacheProfile>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Longest lifetime of any entry; a call that asks for more gets this. One second to 365 days; default 7 days. The record of
    /// invalidations is kept in Redis this long after its last use.
    /// </summary>
    public TimeSpan MaximumExpiration { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Largest serialised value, in bytes. A larger one is returned to the caller and not cached. 1 to 256 MiB; default 1 MiB.</summary>
    public long MaximumPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Longest key and longest tag, in UTF-16 code units. With a longer one the factory runs and nothing is cached. 1 to 16,384; default 1,024.
    /// </summary>
    public int MaximumKeyLength { get; set; } = 1024;

    /// <summary>Most entries L1 holds; the least recently used go first. 3 to 100 million; default 10,000.</summary>
    public int LocalCapacity { get; set; } = 10_000;

    /// <summary>
    /// Most bytes L1 holds, counted as serialised size plus the key and a fixed overhead per entry. 1 KiB or more; default 64 MiB.
    /// </summary>
    public long LocalCapacityBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Longest wait for one Redis call, after which the request goes on without L2. 1 ms to 1 minute; default 250 ms.
    /// </summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Longest time for which L1 may be read without Redis confirming that no invalidation was missed; after it L1 is bypassed. It bounds
    /// how long any fault can make L1 serve an entry that was invalidated elsewhere. 500 ms to 5 minutes; default 5 s.
    /// Confirmation is asked for five times in this span.
    /// </summary>
    public TimeSpan MaximumStaleness { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether L1 also follows changes of entries in Redis that were not made through a <c>HybridCache</c>: by another language, by hand, by
    /// expiry or eviction. Default <see langword="false"/>. Uses <c>CLIENT TRACKING</c>; where the server or its access rules refuse it, L1 is
    /// bypassed and the health check says so. Each change of an entry, the caches' own included, then sends one message to each
    /// instance and drops the entry from its L1, so that what an instance stored is read from L2 once before L1 keeps it; each instance has two more
    /// connections and changes a key five times per <see cref="MaximumStaleness"/>.
    /// </summary>
    public bool FollowForeignWriters { get; set; }

    /// <summary>
    /// How long an instance that makes an <see cref="CacheProfile.Expensive"/> value may be silent before another takes over. It is renewed three times in this
    /// span, so that only an instance that died or lost Redis is replaced. 100 ms to 5 minutes; default 3 s.
    /// </summary>
    public TimeSpan FactoryLease { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Longest wait for another instance to make an <see cref="CacheProfile.Expensive"/> value, after which a caller's own factory runs. Zero to 10 minutes;
    /// default 15 s.
    /// </summary>
    public TimeSpan FactoryWait { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Serialised values of this many bytes or more are compressed in Redis (Brotli, its fastest setting) where that makes them smaller. 0 or more;
    /// default <see langword="null"/>, none.
    /// </summary>
    public int? CompressionThreshold { get; set; }

    /// <summary>
    /// The part of the hits in L1 that are compared with Redis in the background, one at a time, to tell how often L1 was stale
    /// (<c>stratai.cache.coherence.samples</c>). 0 to 1; default 0.
    /// </summary>
    public double CoherenceSampling { get; set; }

    /// <summary>
    /// JSON settings for types without an <c>IHybridCacheSerializer</c>; default <see langword="null"/>: System.Text.Json's defaults with
    /// fields included. In a trimmed or ahead-of-time compiled application set a <c>TypeInfoResolver</c> that knows the cached types; a type
    /// it does not know is not cached.
    /// </summary>
    public JsonSerializerOptions? SerializerOptions { get; set; }
}
