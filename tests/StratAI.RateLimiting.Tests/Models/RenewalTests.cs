using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>Beats that come late.</summary>
public sealed class RenewalTests : IAsyncLifetime
{
    private static readonly LimitPolicy Policy = new("p", new()
    {
        Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 10, Window = TimeSpan.FromHours(1), LeaseTime = TimeSpan.FromSeconds(30),
    });

    private RedisModelStore _store = null!;
    private long _now = TestLimiters.Epoch.ToUnixTimeMilliseconds() * 1000;

    public async Task InitializeAsync() => _store = new(await TestLimiters.Redis);

    public Task DisposeAsync() => _store.ForgetAsync();

    [Fact]
    public async Task A_renewal_after_the_settlement_brings_nothing_back()
    {
        await AcquireAsync(new("h", 5));
        await AcquireAsync(new("h", 0, Charge: 2, IsForced: true));

        await _store.RenewAsync(Request(new("h", 5, IsForced: true)), _now);

        Assert.Equal(8, (await AcquireAsync(null)).Remaining);
    }

    [Fact]
    public async Task A_renewal_after_a_pause_longer_than_the_lease_holds_again()
    {
        await AcquireAsync(new("h", 5));
        _now += 30_000_000;
        Assert.Equal(10, (await AcquireAsync(null)).Remaining);

        await _store.RenewAsync(Request(new("h", 5, IsForced: true)), _now);

        Assert.Equal(5, (await AcquireAsync(null)).Remaining);
        Assert.Equal((_now + 30_000_000 + 999) / 1000, await _store.ExpiresAtAsync(Request(null)));
    }

    private async Task<BucketView> AcquireAsync(HoldChange? change) => (await _store.AcquireAsync([Request(change)], _now)).Buckets[0];

    private static LimitRequest Request(HoldChange? change) =>
        new(Policy, Policy.Rules, "k", null, change?.Amount ?? 0) { Key = new("p", 1), Hold = change };
}
