namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>A Redis of its own for the tests of a class, which leave it as they found it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisProcess Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisProcess.StartAsync();

    public async Task DisposeAsync()
    {
        var lasting = await Server.KeysWithoutExpirationAsync();
        await Server.DisposeAsync();
        Assert.Equal("", lasting);
    }
}
