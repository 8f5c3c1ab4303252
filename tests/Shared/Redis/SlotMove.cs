namespace StratAI.Testing.Redis;

/// <summary>The move of one slot from one master of a cluster to another, in the steps that an administrator's tool takes.</summary>
public sealed class SlotMove
{
    private readonly RedisCluster _cluster;
    private readonly RedisProcess _from;
    private readonly RedisProcess _to;
    private readonly string _slot;
    private readonly string _toId;

    private SlotMove(RedisCluster cluster, RedisProcess from, RedisProcess to, string slot, string toId) =>
        (_cluster, _from, _to, _slot, _toId) = (cluster, from, to, slot, toId);

    /// <summary>From now on keys that are not at the source are asked for at the target.</summary>
    public static async Task<SlotMove> BeginAsync(RedisCluster cluster, string key)
    {
        var from = await cluster.OwnerAsync(key);
        var to = cluster.Nodes.First(node => node != from);
        var move = new SlotMove(cluster, from, to, $"{await cluster.SlotAsync(key)}", await to.RunAsync("CLUSTER", "MYID"));
        await to.RunAsync("CLUSTER", "SETSLOT", move._slot, "IMPORTING", await from.RunAsync("CLUSTER", "MYID"));
        await from.RunAsync("CLUSTER", "SETSLOT", move._slot, "MIGRATING", move._toId);
        return move;
    }

    /// <summary>Moves up to so many keys.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> MigrateAsync(int count)
    {
        var keys = await _from.RunAsync("CLUSTER", "GETKEYSINSLOT", _slot, $"{count}");
        if (keys.Length == 0)
        {
            return false;
        }

        await _from.RunAsync(["MIGRATE", "127.0.0.1", $"{_to.Port}", "", "0", "5000", "KEYS", .. keys.Split('\n')]);
        return true;
    }

    /// <summary>Moves what is left, and the slot with it.</summary>
    public async Task EndAsync()
    {
        while (await MigrateAsync(100))
        {
        }

        foreach (var node in _cluster.Nodes.OrderByDescending(node => node == _to))
        {
            await node.RunAsync("CLUSTER", "SETSLOT", _slot, "NODE", _toId);
        }
    }
}
