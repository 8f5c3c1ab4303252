namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Two instances as <see cref="DistributedHost"/>'s, with a Redis of their own.</summary>
/// <param name="start">Starts it.</param>
/// <param name="configuration">By which the instances find it.</param>
public abstract class OwnRedisHost<TRedis>(Func<Task<TRedis>> start, Func<TRedis, string> configuration) : DistributedHost
    where TRedis : class, IAsyncDisposable
{
    private TRedis _redis = null!;

    protected override string Redis => configuration(_redis);

    protected override async Task<(HostInstance Host, HostInstance Other)> StartAsync()
    {
        _redis = await start();
        return await base.StartAsync();
    }

    protected override async Task StopAsync()
    {
        await base.StopAsync();
        await _redis.DisposeAsync();
    }
}
