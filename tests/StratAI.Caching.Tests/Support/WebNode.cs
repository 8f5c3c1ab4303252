using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>One instance of a web application on a real Kestrel, with its responses in the cache. The cache's clock stands still unless a test moves it.</summary>
public sealed class WebNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebNode(WebApplication app, FakeTimeProvider time)
    {
        (_app, Time) = (app, time);
        Client = new() { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        Cache = app.Services.GetRequiredService<HybridCache>();
    }

    public HttpClient Client { get; }

    public HybridCache Cache { get; }

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => _app.Services;

    internal CoherentHybridCache Internals => (CoherentHybridCache)Cache;

    public static async Task<WebNode> StartAsync(Action<CachingOptions> configure, Action<WebApplication> map)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddProblemDetails();
        builder.Services.AddStratAICaching(configure).AddOutputCacheStore();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        var node = new WebNode(app, time);
        await Eventually.TrueAsync(() => time.GetTimestamp() < node.Internals.Local.TrustedUntil, "L1 is trusted");
        return node;
    }

    /// <summary>Waits until every invalidation that <paramref name="other"/> knows of holds here.</summary>
    public Task CaughtUpWithAsync(WebNode other) => Eventually.TrueAsync(
        () => Internals.Shared is not RedisLevel redis || redis.Seen >= other.Internals.Local.Now.Sequence, "the invalidations of the other node have come");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
