using StackExchange.Redis;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;
using StratAI.Testing;

namespace StratAI.Caching.Tests.AspNetCore;

/// <summary>Redis is slow, or gone, for an instance with cached responses.</summary>
public sealed class OutputCacheOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RealStep = TimeSpan.FromMilliseconds(100);

    private readonly RedisSpace _redis = new();
    private readonly NumberedPage _page = new();
    private TcpProxy _proxy = null!;
    private WebNode _node = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _proxy = new(ConfigurationOptions.Parse(TestServers.Redis).EndPoints[0].ToString()!.Split('/')[^1]);
        _node = await WebNode.StartAsync(
            options =>
            {
                _redis.Configure(options, _proxy.Endpoint);
                options.RedisTimeout = TimeSpan.FromMilliseconds(250);
            },
            _page.Map);
    }

    public async Task DisposeAsync()
    {
        _proxy.Restore();
        await _node.DisposeAsync();
        await _proxy.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task While_Redis_hangs_a_request_waits_for_it_once_and_is_answered()
    {
        _proxy.Stall();
        var request = _node.Client.GetStringAsync("/page");
        await Eventually.TrueAsync(
            () =>
            {
                _node.Time.Advance(TimeSpan.FromMilliseconds(50));
                return _page.Runs == 1;
            },
            "the lookup has given up");

        // The clock stands still from here on: were storing tried too, this would not end.
        Assert.Equal("1", await request.WaitAsync(Patience));
    }

    [Fact]
    public async Task While_Redis_is_gone_requests_are_answered_and_after_it_kept_again()
    {
        Assert.Equal("1", await _node.Client.GetStringAsync("/page"));
        _proxy.Cut();
        _node.Time.Advance(TimeSpan.FromMinutes(1));

        // L1 is not trusted any more, and L2 is not there.
        Assert.Equal("2", await PumpedAsync());

        _proxy.Restore();
        await Eventually.TrueAsync(
            async () =>
            {
                _node.Time.Advance(TimeSpan.FromSeconds(1));
                // The beat that is due now is answered in real time, or else the clock, moved on, would call it late, again and again.
                await Task.WhenAny(((RedisLevel)_node.Internals.Shared).IdleAsync(), Task.Delay(RealStep));
                var runs = _page.Runs;
                await PumpedAsync();
                return _page.Runs == runs;
            },
            "responses are kept again",
            // When the client tries to connect again is its own affair; its pauses grow.
            within: TimeSpan.FromMinutes(1));
    }

    /// <summary>
    /// A request during which the clock goes on, so that what waits for a timeout gets it. Far slower than the real one: on a busy machine Redis must have its chance to
    /// answer within what the clock of the test calls its timeout.
    /// </summary>
    private async Task<string> PumpedAsync()
    {
        var request = _node.Client.GetStringAsync("/page");
        for (var tries = 0; tries < 100 && await Task.WhenAny(request, Task.Delay(RealStep)) != request; tries++)
        {
            _node.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        return await request.WaitAsync(Patience);
    }
}
