using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>Redis holds its connections and does not answer.</summary>
public sealed class HangTests : FaultTest
{
    private RedisProcess _redis = null!;
    private CacheNode _node = null!;
    private CacheNode _other = null!;

    public override async Task InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync();
        (_node, _other) = (CreateNode(_redis.Endpoint), CreateNode(_redis.Endpoint));
        await _node.TrustedAsync();
        await _other.TrustedAsync();
    }

    protected override async Task DisposeServersAsync() => await _redis.DisposeAsync();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_call_waits_longer_than_the_timeout_and_none_at_all_once_the_breaker_is_open(string call)
    {
        // Its beats are a minute apart, so that the calls alone meet the breaker.
        var node = CreateNode(_redis.Endpoint, options => options.MaximumStaleness = TimeSpan.FromMinutes(5));
        await node.TrustedAsync();
        _redis.Stop();
        for (var i = 0; i < 5; i++)
        {
            await InTimeAsync(node, () => CallAsync(node, call, $"k{i}"));
        }

        Assert.Contains("does not answer", node.Internals.Shared.Impairment, StringComparison.Ordinal);
        await AtOnceAsync(CallAsync(node, call, "k5"));

        // The breaker now lets somebody try, and nobody waits for that either.
        node.Time.Advance(TimeSpan.FromSeconds(2));
        await AtOnceAsync(CallAsync(node, call, "k6"));
        await AtOnceAsync(CallAsync(node, call, "k7"));
    }

    [Fact]
    public async Task By_the_wall_clock_too_nobody_waits_longer_than_the_timeout_nor_at_all_once_the_breaker_is_open()
    {
        // Far longer than what a busy machine may add to a call, so that waiting and being slow are told apart.
        var timeout = TimeSpan.FromSeconds(1);
        var node = CreateNode(_redis.Endpoint, options => options.RedisTimeout = timeout, services => services.AddSingleton(TimeProvider.System));
        await Eventually.TrueAsync(() => node.Internals.Shared.Impairment is null, "the instance works in full");
        _redis.Stop();

        // Beside them the same time by itself: when the machine stands still, it does so for both.
        var beside = TimeAsync(() => Task.Delay(timeout));
        var calls = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => TimeAsync(() => CallAsync(node, "get", $"k{i}"))));
        var late = await beside - timeout;
        Assert.All(calls, elapsed => Assert.InRange(elapsed, timeout * 0.9, (timeout * 3) + late));

        // Longer than the breaker's pause, so that some calls are those that try again.
        var open = Stopwatch.StartNew();
        for (var i = 0; open.Elapsed < TimeSpan.FromSeconds(3); i++)
        {
            var key = $"open{i}";
            // Not a synchronisation: how late the machine is at this moment.
            beside = TimeAsync(() => Task.Delay(1));
            var elapsed = await TimeAsync(() => CallAsync(node, CallNames[i % CallNames.Count], key));
            Assert.InRange(elapsed, TimeSpan.Zero, (timeout * 0.9) + await beside);
        }
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    [InlineData("remove by tag")]
    [InlineData("remove all")]
    public async Task What_one_instance_invalidated_meanwhile_the_other_does_not_serve_after(string call)
    {
        await _node.Cache.SetAsync("k", "outdated", tags: ["t"]);
        await _other.CaughtUpWithAsync(_node);
        Assert.Equal("outdated", await ReadAsync(_other, "k", "made"));

        _redis.Stop();
        await InTimeAsync(_node, () => CallAsync(_node, call, "k"));
        await AtOnceAsync(ReadAsync(_other, "k", "made"));
        _redis.Continue();
        await RecoveredAsync(_node);

        await ForgetsAsync(_other, "k", "outdated");
        await ForgetsAsync(_node, "k", "outdated");
        Assert.Equal("", await _redis.KeysWithoutExpirationAsync());
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> call)
    {
        var elapsed = Stopwatch.StartNew();
        await call();
        return elapsed.Elapsed;
    }
}
