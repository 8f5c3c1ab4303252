using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Locking;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Support;

/// <summary>One instance of an application with the mutex in it. Its clock is the system's, or stands still unless a test moves it.</summary>
public sealed class MutexNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public MutexNode(Action<MutexOptions> configure, FakeTimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(time ?? TimeProvider.System);
        services.AddStratAIMutex(configure);
        _services = services.BuildServiceProvider();
        Mutex = _services.GetRequiredService<IDistributedMutex>();
    }

    public IDistributedMutex Mutex { get; }

    public IServiceProvider Services => _services;

    /// <summary>An instance on a Redis. Only the mutex's own timeout ends its calls, not the client's.</summary>
    public static MutexNode OnRedis(string space, string? configuration = null, Action<MutexOptions>? configure = null, FakeTimeProvider? time = null) => new(
        options =>
        {
            options.Configuration = $"{configuration ?? TestServers.Redis},connectTimeout=500,connectRetry=1,asyncTimeout=60000";
            (options.Namespace, options.RedisTimeout) = (space, TimeSpan.FromSeconds(5));
            configure?.Invoke(options);
        },
        time);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
