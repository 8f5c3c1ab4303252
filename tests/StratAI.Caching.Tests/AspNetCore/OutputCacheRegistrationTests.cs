using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.Caching.AspNetCore;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.AspNetCore;

public sealed class OutputCacheRegistrationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_store_takes_the_place_of_the_default_one(bool first)
    {
        var services = new ServiceCollection();
        if (!first)
        {
            services.AddOutputCache();
        }

        services.AddStratAICaching().AddOutputCacheStore().AddOutputCacheStore();
        services.AddOutputCache();
        using var provider = services.BuildServiceProvider();

        Assert.IsType<CoherentOutputCacheStore>(provider.GetRequiredService<IOutputCacheStore>());
        Assert.Single(provider.GetServices<IOutputCacheStore>());
        Assert.Single(provider.GetServices<IConfigureOptions<OutputCacheOptions>>().OfType<OutputCacheStampPolicy>());
    }

    [Fact]
    public async Task The_store_of_a_keyed_cache_is_that_cache()
    {
        var services = new ServiceCollection();
        services.AddStratAICaching();
        services.AddKeyedStratAICaching(42).AddOutputCacheStore();
        await using var provider = services.BuildServiceProvider();
        var (plain, keyed) = (new CountingFactory(), new CountingFactory());
        var (other, cache) = (provider.GetRequiredService<HybridCache>(), provider.GetRequiredKeyedService<HybridCache>(42));
        await other.GetOrCreateAsync("k", plain.Next, tags: ["t"]);
        await cache.GetOrCreateAsync("k", keyed.Next, tags: ["t"]);

        await provider.GetRequiredService<IOutputCacheStore>().EvictByTagAsync("t", default);

        Assert.Equal(1, await other.GetOrCreateAsync("k", plain.Next, tags: ["t"]));
        Assert.Equal(2, await cache.GetOrCreateAsync("k", keyed.Next, tags: ["t"]));
    }

    [Fact]
    public void A_cache_of_the_applications_own_is_named_as_the_reason()
    {
        var services = new ServiceCollection();
        services.AddSingleton<HybridCache>(new StubCache());
        services.AddStratAICaching().AddOutputCacheStore();
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IOutputCacheStore>);
        Assert.Contains(nameof(StubCache), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_a_request_nothing_is_stored()
    {
        var services = new ServiceCollection();
        services.AddStratAICaching().AddOutputCacheStore();
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<IOutputCacheStore>();

        await store.SetAsync("k", [1], null, TimeSpan.FromMinutes(1), default);

        Assert.Null(await store.GetAsync("k", default));
    }
}
