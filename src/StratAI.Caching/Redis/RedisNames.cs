using System.Globalization;
using StackExchange.Redis;

namespace StratAI.Caching.Redis;

/// <summary>
/// The Redis keys of one cache. All carry one hash tag, so that a script may touch an entry and the record of invalidations together:
/// on Redis Cluster a cache lives in one slot.
/// </summary>
internal sealed class RedisNames
{
    private readonly string _prefix;

    public RedisNames(CachingOptions options, string cacheName)
    {
        // The name is escaped, as a service key may hold any character; the namespace is validated to hold neither '/' nor a brace.
        var space = cacheName.Length == 0 ? options.Namespace : $"{options.Namespace}/{Uri.EscapeDataString(cacheName)}";
        _prefix = string.Create(CultureInfo.InvariantCulture, $"{{{space}:v{options.SchemaVersion}}}:");
        State = _prefix + "state";
        KeyLog = _prefix + "keys";
    }

    /// <summary>Sorted set: the sequence, the floors, and the last invalidation of each tag.</summary>
    public RedisKey State { get; }

    /// <summary>Sorted set: the last invalidation of each key, and the floor below which it knows nothing.</summary>
    public RedisKey KeyLog { get; }

    /// <summary>What the keys of entries begin with, and no other key.</summary>
    public string EntryPrefix => _prefix + Records.Entry("");

    /// <summary>One of <see cref="Records"/>.</summary>
    public RedisKey Of(string record) => _prefix + record;

    /// <summary>
    /// The channel of invalidations. Pub/sub does not know of databases, so the number is part of the name: caches in two databases keep
    /// two sequences.
    /// </summary>
    public string Channel(int database) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}invalidations:{database}");
}
