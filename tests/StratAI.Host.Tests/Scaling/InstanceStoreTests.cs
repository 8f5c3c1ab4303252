using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Database;
using StratAI.Host.Features.Scaling;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Scaling;

/// <summary>The register of instances, on both engines.</summary>
public abstract class InstanceStoreTests(HostFixture host) : IAsyncLifetime
{
    private AppDatabase _database = null!;
    private InstanceStore _store = null!;

    public async Task InitializeAsync()
    {
        var settings = host.SettingsApart();
        if (host.IsDistributed)
        {
            _database = AppDatabase.OpenPostgres(settings["ConnectionStrings:Postgres"], NullLoggerFactory.Instance);
        }
        else
        {
            _database = AppDatabase.OpenSqlite(Path.Combine(Directory.CreateDirectory(settings["Data:Folder"]).FullName, "stratai.db"));
            await new Migrator(_database, TimeProvider.System, NullLogger<Migrator>.Instance).ApplyAsync(default);
        }

        _store = new(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_instance_that_has_not_beaten_for_20_seconds_of_the_database_is_gone()
    {
        await _store.BeatAsync(Named("early"), default);
        await _store.BeatAsync(Named("late"), default);
        await LetPassAsync(15, "late");
        Assert.Equal(["early", "late"], await AliveAsync());

        await LetPassAsync(5, "late");
        Assert.Equal(["early"], await AliveAsync());

        await _store.BeatAsync(Named("late"), default);
        Assert.Equal(["early", "late"], await AliveAsync());
    }

    [Fact]
    public async Task The_dead_are_removed_and_of_a_data_folder_all_others()
    {
        foreach (var name in new[] { "self", "silent", "dead" })
        {
            await _store.BeatAsync(Named(name), default);
        }

        await LetPassAsync(50, "silent");
        await LetPassAsync(60, "dead");
        await _store.SweepAsync(Named("self"), default);

        var left = await _database.QueryAsync<string>("SELECT name FROM instances ORDER BY name", new { }, default);
        Assert.Equal(host.IsDistributed ? ["self", "silent"] : ["self"], left);
    }

    [Fact]
    public async Task A_heart_beats_every_5_seconds_and_leaves_no_row_when_it_stops()
    {
        var time = new IntervalClock();
        using var heartbeat = new Heartbeat(Named("self"), _store, _database, time, NullLogger<Heartbeat>.Instance);
        await heartbeat.StartAsync(default);
        Assert.Equal(["self"], await AliveAsync());

        await LetPassAsync(30, "self");
        Assert.Empty(await AliveAsync());
        Assert.Equal("self", Assert.Single(await heartbeat.AliveAsync(default)).Name);
        Assert.Equal(TimeSpan.FromSeconds(5), await time.Interval.WaitAsync(TimeSpan.FromSeconds(30)));
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(await AliveAsync());
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Eventually.TrueAsync(async () => await AliveAsync() is ["self"]);

        await heartbeat.StopAsync(default);
        Assert.Empty(await _database.QueryAsync<string>("SELECT name FROM instances", new { }, default));
    }

    /// <summary>Tells the interval of the first timer that repeats, once it runs.</summary>
    private sealed class IntervalClock : FakeTimeProvider
    {
        private readonly TaskCompletionSource<TimeSpan> _interval = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TimeSpan> Interval => _interval.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (period > TimeSpan.Zero)
            {
                _interval.TrySetResult(period);
            }

            return timer;
        }
    }

    private static Instance Named(string name) => new() { Name = name, MemoryMode = "distributed", ObjectsMode = "distributed" };

    private async Task<IReadOnlyList<string>> AliveAsync() => [.. (await _store.AliveAsync(default)).Select(instance => instance.Name).Order(StringComparer.Ordinal)];

    /// <summary>As if it had last beaten so much earlier.</summary>
    private async Task LetPassAsync(int seconds, string name)
    {
        var earlier = host.IsDistributed ? $"beat_at - interval '{seconds} seconds'" : $"strftime('%Y-%m-%dT%H:%M:%f000Z', beat_at, '-{seconds} seconds')";
        Assert.Equal(1, await _database.ExecuteAsync($"UPDATE instances SET beat_at = {earlier} WHERE name = @name", new { name }, default));
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : InstanceStoreTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : InstanceStoreTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : InstanceStoreTests(host);
}
