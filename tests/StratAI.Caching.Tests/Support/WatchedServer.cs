using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>Counts the calls to a real server, can fail them, and can hold back its messages.</summary>
internal sealed class WatchedServer(ICacheServer inner) : ICacheServer
{
    private readonly ConcurrentQueue<string> _scripts = new();
    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _held = new();
    private Action<ReadOnlyMemory<byte>> _receive = _ => { };
    private volatile bool _holds;
    private int _gets;

    public int Gets => Volatile.Read(ref _gets);

    /// <summary>Every call from now on fails at once.</summary>
    public bool IsGone { get; set; }

    /// <summary>Has a node use this server in place of its own.</summary>
    public static Action<IServiceCollection> In(RedisSpace redis, Action<WatchedServer> created) => services => services.AddSingleton<HybridCache>(provider =>
    {
        var server = new WatchedServer(Levels.Server(redis, 1000));
        created(server);
        return CacheFactory.Create(
            provider, "", provider.GetRequiredService<IOptions<CachingOptions>>().Value, provider.GetRequiredService<TimeProvider>(), server);
    });

    public int Runs(string script) => _scripts.Count(run => run == script);

    public void HoldMessages() => _holds = true;

    public void ReleaseMessages()
    {
        _holds = false;
        while (_held.TryDequeue(out var message))
        {
            _receive(message);
        }
    }

    public Task<StoredEntry> GetAsync(string key)
    {
        Interlocked.Increment(ref _gets);
        return IsGone ? throw new TimeoutException() : inner.GetAsync(key);
    }

    public Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values)
    {
        _scripts.Enqueue(script);
        return IsGone ? throw new TimeoutException() : inner.RunAsync(script, records, values);
    }

    public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
    {
        _receive = receive;
        return inner.SubscribeAsync(
            message =>
            {
                if (_holds)
                {
                    _held.Enqueue(message.ToArray());
                }
                else
                {
                    receive(message);
                }
            },
            lost,
            restored);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
