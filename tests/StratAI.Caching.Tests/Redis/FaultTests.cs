using StackExchange.Redis;
using StratAI.Caching.Tests.Support;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Redis;

/// <summary>Redis is slow, or gone, for one of two instances.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly CountingFactory _factory = new();
    private TcpProxy _proxy = null!;
    private CacheNode _behindProxy = null!;
    private CacheNode _other = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _proxy = new(ConfigurationOptions.Parse(TestServers.Redis).EndPoints[0].ToString()!.Split('/')[^1]);
        _behindProxy = _redis.CreateNode(options => options.RedisTimeout = TimeSpan.FromMilliseconds(250), _proxy.Endpoint);
        _other = _redis.CreateNode();
        await _behindProxy.TrustedAsync();
        await _other.TrustedAsync();
    }

    public async Task DisposeAsync()
    {
        _proxy.Restore();
        await _other.DisposeAsync();
        await _behindProxy.DisposeAsync();
        await _proxy.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task While_Redis_hangs_a_read_waits_for_the_timeout_and_then_runs_the_factory()
    {
        _proxy.Stall();
        var reading = _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next).AsTask();
        Assert.False(reading.IsCompleted);

        await _behindProxy.PumpAsync(reading);

        Assert.Equal(1, await reading);
    }

    [Fact]
    public async Task After_five_failures_Redis_is_no_longer_waited_for()
    {
        _proxy.Stall();
        for (var i = 0; i < 5; i++)
        {
            await _behindProxy.PumpAsync(_behindProxy.Cache.GetOrCreateAsync($"k{i}", _factory.Next).AsTask());
        }

        // The clock stands still: had it waited, this would not end.
        Assert.Equal(6, await _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next).AsTask().WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.NotNull(_behindProxy.Internals.Shared.Impairment);
    }

    [Fact]
    public async Task L1_serves_within_the_staleness_and_is_bypassed_after_it()
    {
        await _behindProxy.Cache.SetAsync("k", 42);
        _proxy.Stall();
        _behindProxy.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(42, await _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next).AsTask());

        _behindProxy.Time.Advance(TimeSpan.FromSeconds(3));
        var reading = _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next).AsTask();
        await _behindProxy.PumpAsync(reading);

        Assert.Equal(1, await reading);
    }

    [Fact]
    public async Task One_hundred_callers_run_one_factory_also_while_Redis_is_gone()
    {
        _proxy.Cut();
        _behindProxy.Time.Advance(TimeSpan.FromMinutes(1));
        var gate = new Gate<int>();
        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => _behindProxy.Cache.GetOrCreateAsync("k", gate.Run).AsTask())).ToArray();
        await _behindProxy.PumpAsync(gate.Begun);
        gate.Open(7);
        var all = Task.WhenAll(callers);
        await _behindProxy.PumpAsync(all);

        Assert.All(await all, value => Assert.Equal(7, value));
        Assert.Equal(1, gate.Runs);
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task An_invalidation_made_while_Redis_is_gone_holds_here_at_once_and_everywhere_after(string how)
    {
        await _behindProxy.Cache.SetAsync("k", -1, tags: ["t"]);
        await _other.CaughtUpWithAsync(_behindProxy);
        Assert.Equal(-1, await _other.Cache.GetOrCreateAsync("k", _factory.Next));
        _proxy.Cut();

        var invalidating = how switch
        {
            "remove" => _behindProxy.Cache.RemoveAsync("k").AsTask(),
            "set" => _behindProxy.Cache.SetAsync("k", -2, tags: ["t"]).AsTask(),
            "tag" => _behindProxy.Cache.RemoveByTagAsync("t").AsTask(),
            _ => _behindProxy.Cache.RemoveByTagAsync("*").AsTask(),
        };
        await _behindProxy.PumpAsync(invalidating);
        await invalidating;
        var reading = _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next).AsTask();
        await _behindProxy.PumpAsync(reading);
        Assert.Equal(1, await reading);
        Assert.True(_other.HoldsLocally("k"));

        _proxy.Restore();
        await Eventually.TrueAsync(
            () =>
            {
                _behindProxy.Time.Advance(TimeSpan.FromMilliseconds(50));
                return !_other.HoldsLocally("k") && _behindProxy.Internals.Shared.Impairment is null;
            },
            "the invalidation was delivered");
        Assert.Equal(2, await _other.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task What_a_reader_missed_while_it_was_cut_off_it_does_not_serve_after()
    {
        await _behindProxy.Cache.SetAsync("k", -1);
        _proxy.Cut();
        await _other.Cache.SetAsync("k", 42);
        _proxy.Restore();

        await Eventually.TrueAsync(
            () =>
            {
                _behindProxy.Time.Advance(TimeSpan.FromMilliseconds(50));
                return _behindProxy.Seen >= _other.Internals.Local.Now.Sequence && _behindProxy.Internals.Shared.Impairment is null;
            },
            "the link is back");
        Assert.Equal(42, await _behindProxy.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task An_instance_that_starts_without_Redis_serves_from_its_factories()
    {
        await using var node = _redis.CreateNode(options => options.RedisTimeout = TimeSpan.FromMilliseconds(250), "127.0.0.1:1");
        var reading = node.Cache.GetOrCreateAsync("k", _factory.Next).AsTask();
        await node.PumpAsync(reading);
        var setting = node.Cache.SetAsync("k", 42).AsTask();
        await node.PumpAsync(setting);
        await setting;

        Assert.Equal(1, await reading);
    }
}
