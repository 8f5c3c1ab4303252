namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>Three masters that share the slots, for the tests of a class.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    public RedisCluster Redis { get; private set; } = null!;

    public async Task InitializeAsync() => Redis = await RedisCluster.StartAsync();

    public async Task DisposeAsync() => await Redis.DisposeAsync();
}
