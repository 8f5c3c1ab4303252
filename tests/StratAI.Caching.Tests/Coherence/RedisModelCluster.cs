using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>Four instances on a real Redis, each with a connection and a clock of its own; the clocks show different times and go at one speed.</summary>
internal sealed class RedisModelCluster : IModelCluster
{
    private readonly Random _random;
    private readonly IDatabase _database;
    private readonly RedisNames _names;
    private readonly RedisProcess? _restarted;
    private readonly FakeTimeProvider[] _times;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    /// <param name="connections">Of the nodes.</param>
    /// <param name="seed">Of what chance decides here.</param>
    /// <param name="logCapacity">Most names that the record of invalidations holds.</param>
    /// <param name="restarted">The server, where it may be restarted.</param>
    public RedisModelCluster(ConnectionMultiplexer[] connections, int seed, int logCapacity, RedisProcess? restarted)
    {
        (_random, _database, _restarted) = (new(seed), connections[0].GetDatabase(), restarted);
        var options = new CachingOptions { Namespace = $"run-{seed}" };
        ModelOptions.Configure(options);
        _names = new(options, "");
        _times = [.. connections.Select(_ => new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddMinutes(_random.Next(10_000))))];
        Nodes = [.. connections.Zip(_times, (connection, time) =>
        {
            var link = new FaultyServer(new RedisServer(RedisConnection.For(connection), _names, options.MaximumExpiration, logCapacity));
            return new ModelNode(CacheFactory.Create(_services, "", options, time, link), link);
        })];
    }

    public IReadOnlyList<ModelNode> Nodes { get; }

    public async Task AdvanceAsync(TimeSpan by)
    {
        _random.Shuffle(_times);
        Array.ForEach(_times, time => time.Advance(by));
        await Nodes.IdleAsync();
    }

    // Not a synchronisation: the run goes on either way, and only what comes of it differs.
    public Task PauseAsync(Task call) => Task.WhenAny(call, Task.Delay(5));

    public async Task<string> HarmServerAsync(Random random)
    {
        var harm = random.Next(7);
        switch (harm)
        {
            case 0 or 1 when _restarted is not null:
                if (harm == 0)
                {
                    await _restarted.RunAsync("SAVE");
                }

                await _restarted.RestartAsync();
                return $"server restarted {(harm == 0 ? "with its data" : "as it was saved")}";
            case 6:
                await (_restarted?.RunAsync("SAVE") ?? Task.FromResult(""));
                return "server saved";
            case 0 or 1 or 2:
                await _database.ExecuteAsync("FLUSHDB");
                return "server flushed";
            case 3:
                await _database.KeyDeleteAsync(_names.Of(Records.Entry(Truth.Keys[random.Next(Truth.Keys.Length)])));
                return "an entry evicted";
            default:
                await _database.KeyDeleteAsync(harm == 4 ? _names.State : _names.KeyLog);
                return $"the record of {(harm == 4 ? "the sequence" : "keys")} evicted";
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.Cache.DisposeAsync();
        }

        await _services.DisposeAsync();
    }
}
