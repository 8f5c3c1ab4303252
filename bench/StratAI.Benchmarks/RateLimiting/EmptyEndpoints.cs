using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratAI.Benchmarks.Caching;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>The endpoint that does nothing, under no limit, under one limit per user of each kind.</summary>
internal sealed class EmptyEndpoints : IAsyncDisposable
{
    private readonly RedisSpace _space;

    private EmptyEndpoints(RedisSpace space) => _space = space;

    public required EmptyEndpoint Unlimited { get; init; }

    /// <summary>The framework's middleware with its token bucket.</summary>
    public required EmptyEndpoint Framework { get; init; }

    /// <summary>The framework's middleware with RedisRateLimiting's token bucket.</summary>
    public required EmptyEndpoint FrameworkOnRedis { get; init; }

    public required EmptyEndpoint Embedded { get; init; }

    public required EmptyEndpoint OnRedis { get; init; }

    public static async Task<EmptyEndpoints> StartAsync()
    {
        var space = await RedisSpace.OpenAsync();
        return new(space)
        {
            Unlimited = await EmptyEndpoint.StartAsync(_ => { }, _ => { }, _ => { }),
            Framework = await FrameworkAsync(PeerBuckets.InProcess),
            FrameworkOnRedis = await FrameworkAsync(
                user => RateLimitPartition.Get($"{space.Name}:{user}", key => PeerBuckets.OnRedis(key, space.Connection))),
            Embedded = await OursAsync(space.Name, redis: null),
            OnRedis = await OursAsync(space.Name, space.Connection),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in new[] { Unlimited, Framework, FrameworkOnRedis, Embedded, OnRedis })
        {
            await endpoint.DisposeAsync();
        }

        await _space.DisposeAsync();
    }

    private static Task<EmptyEndpoint> FrameworkAsync(Func<string, RateLimitPartition<string>> bucketOf) => EmptyEndpoint.StartAsync(
        services => services.AddRateLimiter(
            options => options.AddPolicy(Limits.User, context => bucketOf(RateLimitPartitions.ByUser(context)!))),
        app => app.UseRateLimiter(),
        endpoint => endpoint.RequireRateLimiting(Limits.User));

    private static Task<EmptyEndpoint> OursAsync(string prefix, IConnectionMultiplexer? redis) => EmptyEndpoint.StartAsync(
        services =>
        {
            if (redis is not null)
            {
                services.AddSingleton(redis);
            }

            services.AddStratAIRateLimiting(options =>
            {
                Limits.Configure(options, prefix);
                options.AddPolicy(Limits.User, Limits.Ample, RateLimitPartitions.ByUser);
            });
        },
        app => app.UseStratAIRateLimiting(),
        endpoint => endpoint.RequireLimits(Limits.User));
}
