using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Testing;
using ZiggyCreatures.Caching.Fusion;

namespace StratAI.Benchmarks.Caching;

/// <summary>The caches compared, all with entries of five minutes and otherwise as their packages set them up.</summary>
internal static class Contenders
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static CacheScope<HybridCache> Embedded() => new(services => services.AddStratAICaching(options => options.Default.Expiration = Lifetime));

    public static CacheScope<HybridCache> Distributed(string space) => new(services => services.AddStratAICaching(options =>
    {
        (options.Default.Expiration, options.Configuration, options.Namespace) = (Lifetime, TestServers.Redis, space);
        // None of the peers has a deadline; a busy moment of the machine must not turn a hit into a run of the factory.
        options.RedisTimeout = TimeSpan.FromSeconds(5);
    }));

    public static CacheScope<HybridCache> Microsoft() => new(AddMicrosoft);

    public static CacheScope<HybridCache> MicrosoftOnRedis(string space) => new(services =>
    {
        AddRedisCache(services, $"{space}:microsoft:");
        AddMicrosoft(services);
    });

    public static CacheScope<IFusionCache> Fusion() => new(services => AddFusion(services));

    /// <summary>With Redis as its L2 and as its backplane.</summary>
    public static CacheScope<IFusionCache> FusionOnRedis(string space) => new(services =>
    {
        AddRedisCache(services, $"{space}:fusion:");
        services.AddFusionCacheSystemTextJsonSerializer();
        services.AddFusionCacheStackExchangeRedisBackplane(options => options.Configuration = TestServers.Redis);
        AddFusion(services)
            .WithOptions(options => options.BackplaneChannelPrefix = space)
            .WithRegisteredDistributedCache()
            .WithRegisteredSerializer()
            .WithRegisteredBackplane();
    });

    private static void AddMicrosoft(IServiceCollection services) =>
        services.AddHybridCache(options => options.DefaultEntryOptions = new() { Expiration = Lifetime, LocalCacheExpiration = Lifetime });

    private static IFusionCacheBuilder AddFusion(IServiceCollection services) =>
        services.AddFusionCache().WithDefaultEntryOptions(options => options.Duration = Lifetime);

    private static void AddRedisCache(IServiceCollection services, string prefix) =>
        services.AddStackExchangeRedisCache(options => (options.Configuration, options.InstanceName) = (TestServers.Redis, prefix));
}
