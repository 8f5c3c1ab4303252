using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Internal;
using StratAI.Caching.Testing;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>The cluster that the package ships.</summary>
internal sealed class MemoryModelCluster : IModelCluster
{
    private readonly FakeTimeProvider _time = new();
    private readonly CacheCluster _cluster;

    public MemoryModelCluster(int logCapacity)
    {
        _cluster = new(4, _time, ModelOptions.Configure, logCapacity);
        Nodes = [.. _cluster.Nodes.Select(node => new ModelNode((CoherentHybridCache)node.Cache, node.Link))];
    }

    public IReadOnlyList<ModelNode> Nodes { get; }

    public async Task AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        await Nodes.IdleAsync();
    }

    public async Task PauseAsync(Task call)
    {
        // The server has answered already; what is left are a few continuations on other threads.
        for (var i = 0; i < 30 && !call.IsCompleted; i++)
        {
            await Task.Yield();
        }
    }

    public async Task<string> HarmServerAsync(Random random)
    {
        var names = _cluster.Nodes[0].Names;
        var harm = random.Next(8);
        switch (harm)
        {
            case 0:
                _cluster.RestartServer(keepData: true);
                break;
            case 1:
                _cluster.RestartServer(keepData: false);
                break;
            case 7:
                _cluster.SaveServer();
                break;
            case 2:
                _cluster.FlushServer();
                break;
            case 3:
                _cluster.Evict(Truth.Keys[random.Next(Truth.Keys.Length)]);
                break;
            default:
                _cluster.Server.Change(data => data.Delete(ByteText.Of(harm == 4 ? names.State : names.KeyLog)));
                break;
        }

        await Nodes.IdleAsync();
        return $"server harmed: {harm}";
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
