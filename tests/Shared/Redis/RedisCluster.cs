using System.Globalization;

namespace StratAI.Testing.Redis;

/// <summary>Three masters that share the slots.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private const int Size = 3;

    private readonly List<RedisProcess> _nodes = [];

    private RedisCluster()
    {
    }

    public IReadOnlyList<RedisProcess> Nodes => _nodes;

    /// <summary>A StackExchange.Redis configuration.</summary>
    public string Configuration => string.Join(',', _nodes.Select(node => node.Endpoint));

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        var ports = new List<int>();
        for (var i = 0; i < Size; i++)
        {
            // Given, as the default is 10000 above the other port, which may be taken.
            ports.Add(RedisProcess.FreePort());
            cluster._nodes.Add(await RedisProcess.StartAsync(
                "--cluster-enabled", "yes", "--cluster-port", $"{ports[i]}", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no"));
        }

        for (var i = 0; i < Size; i++)
        {
            var node = cluster._nodes[i];
            await node.RunAsync("CLUSTER", "ADDSLOTSRANGE", $"{Slots * i / Size}", $"{(Slots * (i + 1) / Size) - 1}");
            await node.RunAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}");
            if (i > 0)
            {
                await node.RunAsync("CLUSTER", "MEET", "127.0.0.1", $"{cluster._nodes[0].Port}", $"{ports[0]}");
            }
        }

        await Eventually.TrueAsync(cluster.AgreesAsync, "every node knows all slots");
        return cluster;
    }

    /// <summary>The node that serves a key.</summary>
    public async Task<RedisProcess> OwnerAsync(string key)
    {
        var slot = await SlotAsync(key);
        return _nodes[Enumerable.Range(0, Size).First(i => slot < Slots * (i + 1) / Size)];
    }

    public async Task<int> SlotAsync(string key) => int.Parse(await _nodes[0].RunAsync("CLUSTER", "KEYSLOT", key), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task<bool> AgreesAsync()
    {
        foreach (var node in _nodes)
        {
            var state = await node.RunAsync("CLUSTER", "INFO");
            if (!state.Contains("cluster_state:ok", StringComparison.Ordinal)
                || !state.Contains($"cluster_slots_assigned:{Slots}", StringComparison.Ordinal)
                || !state.Contains($"cluster_known_nodes:{Size}", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
