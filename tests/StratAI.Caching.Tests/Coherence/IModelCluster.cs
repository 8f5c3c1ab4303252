using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>Four instances of a cache on one server, whose time and links a test commands.</summary>
internal interface IModelCluster : IAsyncDisposable
{
    IReadOnlyList<ModelNode> Nodes { get; }

    /// <summary>Moves the clocks on, and lets those whose link works do what is then due.</summary>
    Task AdvanceAsync(TimeSpan by);

    /// <summary>Gives a call that has begun the time to end, where nothing keeps it from that.</summary>
    Task PauseAsync(Task call);

    /// <summary>Does something to the server, and says what.</summary>
    Task<string> HarmServerAsync(Random random);
}

internal sealed record ModelNode(CoherentHybridCache Cache, FaultyServer Link)
{
    public RedisLevel Level => (RedisLevel)Cache.Shared;
}
