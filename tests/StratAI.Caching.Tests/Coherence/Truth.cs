using System.Collections.Concurrent;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>
/// The database behind the caches, a version number per key, and what is known of the invalidations of each version. From it follows how old a value may be
/// that a read returns.
/// </summary>
internal sealed class Truth(TimeSpan bound, int nodes)
{
    public static readonly IReadOnlyDictionary<string, string[]> Tags = new Dictionary<string, string[]>
    {
        ["k0"] = ["t0"], ["k1"] = ["t0"], ["k2"] = ["t0", "t1"], ["k3"] = ["t1"], ["k4"] = [],
    };

    public static readonly string[] Keys = [.. Tags.Keys];

    private readonly ConcurrentDictionary<string, int> _database = new(Keys.ToDictionary(key => key, _ => 1));
    private readonly List<Invalidation> _acknowledged = [];
    private readonly List<Invalidation> _deferred = [];
    private readonly Dictionary<string, int>[] _own = [.. Enumerable.Range(0, nodes).Select(_ => Keys.ToDictionary(key => key, _ => 0))];

    /// <summary>Time since the run began.</summary>
    public TimeSpan Now { get; set; }

    public int this[string key] => _database[key];

    /// <summary>Whether an invalidation is on its way from its node still.</summary>
    public bool HasDeferred => _deferred.Count > 0;

    /// <summary>A new version of each key, committed before its invalidation begins.</summary>
    public Dictionary<string, int> Write(IEnumerable<string> keys) => keys.ToDictionary(key => key, key => _database.AddOrUpdate(key, 1, (_, version) => version + 1));

    /// <summary>
    /// The call that invalidates has ended. It holds on its own node at once. On the others it counts from now on; where it could not be delivered, from when it is.
    /// </summary>
    public void Invalidated(Invalidation invalidation, ModelNode node)
    {
        foreach (var (key, version) in invalidation.Versions)
        {
            _own[invalidation.Node][key] = Math.Max(_own[invalidation.Node][key], version);
        }

        var deferred = invalidation.IsInDoubt(node.Level);
        (deferred ? _deferred : _acknowledged).Add(invalidation with { At = Now, WasDeferred = deferred });
    }

    /// <summary>Looks which invalidations were delivered meanwhile.</summary>
    public void Observe(IReadOnlyList<ModelNode> nodes)
    {
        foreach (var invalidation in _deferred.ToArray())
        {
            if (!invalidation.IsInDoubt(nodes[invalidation.Node].Level))
            {
                _deferred.Remove(invalidation);
                _acknowledged.Add(invalidation with { At = Now });
            }
        }
    }

    /// <summary>The oldest version that a read may return that begins now, except those of <see cref="MayBeSet"/>.</summary>
    public int OldestAllowed(int node, string key) => _acknowledged
        .Where(invalidation => invalidation.At <= Now - bound)
        .Select(invalidation => invalidation.Versions.GetValueOrDefault(key))
        .Append(_own[node][key])
        .Max();

    /// <summary>
    /// Whether the version is one that a <c>SetAsync</c> was to store which got no answer. Redis may carry it out at any time until the invalidation follows
    /// that its node sends for it, and it is then the last that was written.
    /// </summary>
    public bool MayBeSet(string key, int version, TimeSpan begun) => _deferred.Concat(_acknowledged).Any(invalidation =>
        invalidation is { IsSet: true, WasDeferred: true } && invalidation.Versions.GetValueOrDefault(key) == version
        && (invalidation.At > begun - bound || _deferred.Contains(invalidation)));
}

/// <param name="Node">Where it was made.</param>
/// <param name="Kind">Of what.</param>
/// <param name="Name">The key or tag.</param>
/// <param name="Versions">The versions that were written before it, by key.</param>
/// <param name="IsSet">Whether it also stores the version.</param>
internal sealed record Invalidation(int Node, InvalidationKind Kind, string Name, IReadOnlyDictionary<string, int> Versions, bool IsSet = false)
{
    /// <summary>When it was acknowledged.</summary>
    public TimeSpan At { get; init; }

    public bool WasDeferred { get; init; }

    public bool IsInDoubt(RedisLevel level) => Kind switch
    {
        InvalidationKind.Keys => level.IsInDoubt(Name, []),
        InvalidationKind.Tags => level.IsInDoubt("none", [Name]),
        _ => level.IsInDoubt("none", []),
    };
}
