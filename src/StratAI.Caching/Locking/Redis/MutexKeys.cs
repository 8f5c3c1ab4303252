using StackExchange.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>
/// What Redis keys and channels are called. The keys of one name carry one hash tag, and those of different names others, so that on Redis Cluster the names are spread over
/// the shards.
/// </summary>
internal sealed class MutexKeys
{
    private readonly string _space;

    public MutexKeys(string mutexNamespace, string registration)
    {
        // The registration is escaped, as a service key may hold any character; the namespace is validated to hold neither '/' nor ':' nor a brace.
        _space = registration.Length == 0 ? mutexNamespace : $"{mutexNamespace}/{Uri.EscapeDataString(registration)}";
        Channels = $"{_space}:grants:";
    }

    /// <summary>What the channels begin with; the instance's id follows. Pub/sub does not know of databases, and need not: no two instances have one id.</summary>
    public string Channels { get; }

    /// <summary>
    /// Of a name: the owner's id (string, lives as long as the lease), the last fencing token (string, a day), who waits by order of arrival (sorted set) and until when
    /// in microseconds (hash; both live as long as a place is kept).
    /// </summary>
    public RedisKey[] Of(string name)
    {
        // The suffixes are as they are so that no name with one of another's is the other's key: what follows the last brace is the kind.
        var prefix = $"{{{_space}:{name}}}:";
        return [prefix + "owner", prefix + "token", prefix + "queue", prefix + "places"];
    }
}
