using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>Redis is not to be reached for a while, and has lost nothing when it is.</summary>
public sealed class InterruptionTests(RedisFixture redis, ITestOutputHelper output) : FaultTest(output), IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(10);

    private RedisProcess Server => redis.Server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Assert.NotEqual("", await Server.RunAsync("KEYS", $"*{Prefix}*"));
        Assert.Equal("", await Server.KeysWithoutExpirationAsync());
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Scripts_that_are_flushed_are_sent_again_within_the_call_and_not_one_permit_is_lost(string kind)
    {
        await using var load = StartLoad(Server.Endpoint, kind, Generous);
        for (var taken = Before; taken < Limit; taken += Limit / 5)
        {
            await load.TakesAsync(taken);
            await Server.RunAsync("SCRIPT", "FLUSH");
        }

        await EndsAsync(load);
        Assert.Equal((Limit, 0), (load.Admitted, load.Failures));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_Redis_that_hangs_refuses_within_the_deadline_and_decides_again_when_it_goes_on(string kind)
    {
        await using var load = StartLoad(Server.Endpoint, kind);
        try
        {
            await HappensAsync(load, Do(Server.Stop), Do(Server.Continue));
        }
        finally
        {
            Server.Continue();
        }
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Clients_that_are_paused_are_refused_within_the_deadline_and_go_on_after_the_pause(string kind)
    {
        await using var load = StartLoad(Server.Endpoint, kind);

        await HappensAsync(load, () => Server.RunAsync("CLIENT", "PAUSE", "1500", "ALL"), () => Task.CompletedTask);
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_connection_that_is_cut_in_the_middle_is_made_anew(string kind)
    {
        await using var proxy = new TcpProxy(Server.Endpoint);
        await using var load = StartLoad(proxy.Endpoint, kind);

        await HappensAsync(load, Do(proxy.Cut), Do(proxy.Restore));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_full_Redis_that_takes_no_writes_is_an_outage_and_charges_nothing_meanwhile(string kind)
    {
        await using var load = StartLoad(Server.Endpoint, kind, Generous);
        try
        {
            await HappensAsync(load, () => MaxMemoryAsync("1"), () => MaxMemoryAsync("0"));
            Assert.Equal(Limit, load.Admitted);
        }
        finally
        {
            await MaxMemoryAsync("0");
        }

        Task MaxMemoryAsync(string bytes) => Server.RunAsync("CONFIG", "SET", "maxmemory", bytes);
    }

    private static Func<Task> Do(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };
}
