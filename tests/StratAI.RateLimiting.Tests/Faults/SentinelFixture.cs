namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>A master, its replica and their sentinels, for the tests of a class.</summary>
public sealed class SentinelFixture : IAsyncLifetime
{
    public RedisSentinels Redis { get; private set; } = null!;

    public async Task InitializeAsync() => Redis = await RedisSentinels.StartAsync();

    public async Task DisposeAsync() => await Redis.DisposeAsync();
}
