using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>One instance of an application with the cache in it. Its clock stands still unless a test moves it.</summary>
public sealed class CacheNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public CacheNode(Action<CachingOptions> configure, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddMetrics();
        collection.AddSingleton<TimeProvider>(Time);
        services?.Invoke(collection);
        collection.AddStratAICaching(configure);
        _services = collection.BuildServiceProvider();
        Cache = _services.GetRequiredService<HybridCache>();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch);

    public HybridCache Cache { get; }

    public IServiceProvider Services => _services;

    internal CoherentHybridCache Internals => (CoherentHybridCache)Cache;

    internal long? Seen => ((RedisLevel)Internals.Shared).Seen;

    public bool TrustsLocal => Time.GetTimestamp() < Internals.Local.TrustedUntil;

    /// <summary>Whether L1 holds the key, whatever L2 does.</summary>
    public bool HoldsLocally(string key) => Internals.Local.TryGet(key, Time.GetTimestamp(), out _);

    public Task TrustedAsync() => Eventually.TrueAsync(() => TrustsLocal, "L1 is trusted");

    /// <summary>The same for a link that has broken or is not up yet: it tries again as the clock goes on.</summary>
    public Task TrustedAgainAsync() =>
        Eventually.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(50));
                return TrustsLocal && Internals.Shared.Impairment is null;
            },
            "L1 is trusted again");

    /// <summary>Waits until the reports of all changes so far have come: that is what a confirmed beat says.</summary>
    public async Task ReportedAsync()
    {
        // Trusted then is only who asked after now.
        var then = Time.GetTimestamp() + (5 * Time.TimestampFrequency);
        var polls = 0;
        await Eventually.TrueAsync(
            () =>
            {
                // A beat now, and another where that one came before a message it knew of.
                if (polls++ % 100 == 0)
                {
                    Time.Advance(TimeSpan.FromSeconds(1));
                }

                return then < Internals.Local.TrustedUntil;
            },
            "the reports have come");
    }

    /// <summary>Waits until every invalidation that <paramref name="other"/> knows of holds here.</summary>
    public Task CaughtUpWithAsync(CacheNode other) =>
        Eventually.TrueAsync(() => Seen >= other.Internals.Local.Now.Sequence, "the invalidations of the other node have come");

    /// <summary>Moves the clock on, step by step, until the task has completed: what waits for a timeout then gets it.</summary>
    public async Task PumpAsync(Task task) =>
        await Eventually.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(50));
                return task.IsCompleted;
            },
            "the call has ended");

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
