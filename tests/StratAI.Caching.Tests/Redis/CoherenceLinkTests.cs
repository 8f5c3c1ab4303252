using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

public sealed class CoherenceLinkTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task What_L1_took_before_the_first_contact_is_dropped_at_it_and_what_is_newer_stays()
    {
        var local = new LocalLevel(100, 1_000_000, Stamp.Unknown);
        local.Put("old", Levels.Entry(local.Observe(local.Now, 10)));
        var asked = new TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var link = new CoherenceLink(
            Levels.Server(_redis, 100),
            local,
            new LeaseSignals(),
            new CacheMetrics(null, "", local),
            Levels.Settings(TimeSpan.FromMinutes(1)),
            _ => new(asked.Task),
            () => default);
        link.Start();
        Assert.False(link.IsTrusted);

        asked.SetResult(11);
        await Eventually.TrueAsync(() => link.IsTrusted, "L1 is trusted");
        local.Put("new", Levels.Entry(local.Now));

        Assert.False(local.TryGet("old", 0, out _));
        Assert.True(local.TryGet("new", 0, out _));
    }

    [Fact]
    public async Task After_a_break_L1_is_dropped_also_where_no_word_comes_that_it_is_over()
    {
        var time = new FakeTimeProvider();
        var server = new ScriptedServer();
        var local = new LocalLevel(100, 1_000_000, Stamp.Unknown);
        var settings = Levels.Settings(TimeSpan.FromSeconds(5)) with { Time = time, Clock = new CacheClock(time) };
        await using var link = new CoherenceLink(server, local, new LeaseSignals(), new CacheMetrics(null, "", local), settings, _ => new(11L), () => default);
        link.Start();
        await Eventually.TrueAsync(() => link.IsTrusted, "L1 is trusted");
        local.Put("k", Levels.Entry(local.Now));

        // The sequence goes on where it was, as behind the connection to a replica that has become the master.
        server.Lost();
        time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => !local.TryGet("k", 0, out _), "L1 was dropped");
    }
}
