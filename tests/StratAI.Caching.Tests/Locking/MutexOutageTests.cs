using System.Diagnostics;
using StratAI.Caching.Locking;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Locking;

/// <summary>Redis goes away, comes back, forgets, or is another.</summary>
public sealed class MutexOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<MutexNode> _nodes = [];
    private RedisProcess _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisProcess.StartAsync();

    public async Task DisposeAsync()
    {
        var keys = _redis.IsRunning ? await _redis.KeysWithoutExpirationAsync() : "";
        await _redis.DisposeAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        Assert.Equal("", keys);
    }

    [Fact]
    public async Task Uncontended_it_takes_one_round_trip_to_acquire_and_one_to_release()
    {
        var mutex = (await CreateReadyAsync()).Mutex;
        await (await mutex.AcquireAsync("name")).DisposeAsync();
        await _redis.RunAsync("CONFIG", "RESETSTAT");
        await using var held = await mutex.AcquireAsync("name");
        Assert.Equal(1, await CallsAsync());
        await held.DisposeAsync();
        Assert.Equal(2, await CallsAsync());
    }

    [Fact]
    public async Task A_script_flush_is_not_noticed()
    {
        var mutex = (await CreateReadyAsync()).Mutex;
        var held = await mutex.AcquireAsync("name");
        var waiting = (await CreateReadyAsync()).Mutex.AcquireAsync("name", Patience).AsTask();
        await QueuedAsync();

        await _redis.RunAsync("SCRIPT", "FLUSH");
        await held.DisposeAsync();
        var granted = await waiting;
        await _redis.RunAsync("SCRIPT", "FLUSH");
        await granted.DisposeAsync();

        await (await mutex.AcquireAsync("name")).DisposeAsync();
    }

    [Fact]
    public async Task After_a_restart_that_forgot_everything_holders_are_told_and_tokens_still_grow()
    {
        var (one, other) = (await CreateReadyAsync(lease: TimeSpan.FromSeconds(3)), await CreateReadyAsync(lease: TimeSpan.FromSeconds(3)));
        var held = await one.Mutex.AcquireAsync("name");
        var waiting = other.Mutex.AcquireAsync("name", Patience).AsTask();
        await QueuedAsync();

        await _redis.RestartAsync(keepData: false);

        // A waiter that asked while the server was away may have been refused.
        var granted = await Record.ExceptionAsync(() => waiting) is null ? await waiting : await AcquireAsync(other);
        Assert.True(granted.FencingToken > held.FencingToken);
        await Eventually.TrueAsync(() => held.Lost.IsCancellationRequested, "the first holder is told");
        await held.DisposeAsync();
        Assert.False(granted.Lost.IsCancellationRequested);
        Assert.Null(await one.Mutex.TryAcquireAsync("name"));
        await granted.DisposeAsync();
    }

    [Fact]
    public async Task A_restart_within_the_lease_that_forgot_nothing_changes_nothing()
    {
        await _redis.DisposeAsync();
        _redis = await RedisProcess.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        var (one, other) = (await CreateReadyAsync(), await CreateReadyAsync());
        var held = await one.Mutex.AcquireAsync("name");

        await _redis.RestartAsync();

        await Eventually.TrueAsync(() => IsHeldAsync(other), "the server answers that it is held");
        Assert.False(held.Lost.IsCancellationRequested);
        await held.DisposeAsync();
        await using var next = await AcquireAsync(other);
        Assert.True(next.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task Without_Redis_it_refuses_and_says_when_to_come_back()
    {
        var node = await CreateReadyAsync();
        using var measured = new MutexMeasurements(node);
        await (await node.Mutex.AcquireAsync("secret-name")).DisposeAsync();
        _redis.Kill();

        for (var attempt = 0; attempt < 8; attempt++)
        {
            var refused = await Assert.ThrowsAsync<MutexUnavailableException>(() => node.Mutex.AcquireAsync("secret-name").AsTask().WaitAsync(Patience));
            Assert.InRange(refused.RetryAfter, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        }

        Assert.Equal(8, measured.Sum("acquisitions outcome=unavailable"));
        Assert.Equal(8, measured.Sum("wait.duration outcome=unavailable"));
        Assert.Equal(1, measured.Sum("acquisitions outcome=acquired"));

        await _redis.RestartAsync();
        await (await AcquireAsync(node)).DisposeAsync();
        Assert.DoesNotContain(measured.Tags, tag => tag.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_local_exclusion_it_goes_on_and_the_handle_says_so()
    {
        var node = await CreateReadyAsync(MutexOutage.Local);
        var before = await node.Mutex.AcquireAsync("name");
        Assert.False(before.IsLocal);
        _redis.Kill();

        // Who held before excludes whoever comes now.
        Assert.Null(await node.Mutex.TryAcquireAsync("name"));
        await before.DisposeAsync();
        var during = await node.Mutex.AcquireAsync("name");
        Assert.True(during.IsLocal);
        Assert.False(during.Lost.CanBeCanceled);

        await _redis.RestartAsync();
        Assert.Null(await node.Mutex.TryAcquireAsync("name"));
        await during.DisposeAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await using var after = await node.Mutex.AcquireAsync("name");
                return !after.IsLocal;
            },
            "it is held across instances again");
    }

    [Fact]
    public async Task An_instance_that_starts_without_Redis_recovers()
    {
        _redis.Kill();
        var node = Create();
        await Assert.ThrowsAsync<MutexUnavailableException>(() => node.Mutex.AcquireAsync("name").AsTask().WaitAsync(Patience));

        await _redis.RestartAsync();
        var began = Stopwatch.GetTimestamp();
        await (await AcquireAsync(node)).DisposeAsync();

        // What the attempt without an answer asked for must not come to hold it now, for the time of a lease.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(12));
    }

    private MutexNode Create(MutexOutage outage = MutexOutage.Refuse, TimeSpan? lease = null)
    {
        var node = MutexNode.OnRedis("outage", _redis.Endpoint, options =>
        {
            (options.Outage, options.RedisTimeout) = (outage, TimeSpan.FromMilliseconds(250));
            options.Lease = lease ?? options.Lease;
        });
        _nodes.Add(node);
        return node;
    }

    /// <summary>One that has connected, so that the timeout is for calls alone.</summary>
    private async Task<MutexNode> CreateReadyAsync(MutexOutage outage = MutexOutage.Refuse, TimeSpan? lease = null)
    {
        var node = Create(outage, lease);
        await Eventually.TrueAsync(async () => await IsConnectedAsync(node), "the instance has connected");
        return node;
    }

    private static async Task<bool> IsConnectedAsync(MutexNode node)
    {
        try
        {
            await using var handle = await node.Mutex.AcquireAsync($"probe-{Guid.NewGuid()}");
            return !handle.IsLocal;
        }
        catch (MutexUnavailableException)
        {
            return false;
        }
    }

    private static async Task<IMutexHandle> AcquireAsync(MutexNode node)
    {
        IMutexHandle? handle = null;
        await Eventually.TrueAsync(async () => (handle = await TryAsync(node)) is not null, "the mutex can be acquired");
        return handle!;
    }

    private static async Task<IMutexHandle?> TryAsync(MutexNode node)
    {
        try
        {
            return await node.Mutex.AcquireAsync("name", TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is MutexUnavailableException or TimeoutException)
        {
            return null;
        }
    }

    private static async Task<bool> IsHeldAsync(MutexNode node)
    {
        try
        {
            return await node.Mutex.TryAcquireAsync("name") is null;
        }
        catch (MutexUnavailableException)
        {
            return false;
        }
    }

    private Task QueuedAsync() => Eventually.TrueAsync(async () => await _redis.RunAsync("ZCARD", "{outage:name}:queue") == "1", "one waits");

    private async Task<int> CallsAsync()
    {
        var statistics = await _redis.RunAsync("INFO", "commandstats");
        return statistics.Split('\n')
            .Where(line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("calls=")[1].Split(',')[0], null));
    }
}
