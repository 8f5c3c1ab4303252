using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

public sealed class RegistrationTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public void A_cache_the_application_registered_stays()
    {
        var services = new ServiceCollection();
        services.AddSingleton<HybridCache>(new StubCache());
        services.AddStratAICaching();
        using var provider = services.BuildServiceProvider();

        Assert.IsType<StubCache>(provider.GetRequiredService<HybridCache>());
    }

    [Fact]
    public void Repeated_calls_register_one_cache_and_add_to_its_options()
    {
        var services = new ServiceCollection();
        services.AddStratAICaching(options => options.LocalCapacity = 7);
        services.AddStratAICaching(options => options.SchemaVersion = 9);
        using var provider = services.BuildServiceProvider();

        Assert.Single(provider.GetServices<HybridCache>());
        var options = provider.GetRequiredService<IOptions<CachingOptions>>().Value;
        Assert.Equal((7, 9), (options.LocalCapacity, options.SchemaVersion));
    }

    [Fact]
    public async Task Keyed_caches_collide_neither_in_L1_nor_in_Redis()
    {
        var services = new ServiceCollection();
        foreach (var key in new[] { "a", "b" })
        {
            services.AddKeyedStratAICaching(key, Configure);
        }

        services.AddStratAICaching(Configure);
        services.AddSingleton<IConnectionMultiplexer>(_redis.Database.Multiplexer);
        await using var provider = services.BuildServiceProvider();
        var caches = new[] { provider.GetRequiredKeyedService<HybridCache>("a"), provider.GetRequiredKeyedService<HybridCache>("b"), provider.GetRequiredService<HybridCache>() };
        for (var i = 0; i < caches.Length; i++)
        {
            await caches[i].SetAsync("k", $"{i}");
        }

        await using var again = services.BuildServiceProvider();
        Assert.Equal("0 1 2", await ReadAllAsync(provider));
        Assert.Equal("0 1 2", await ReadAllAsync(again));
        await caches[0].RemoveByTagAsync("*");
        Assert.Equal("made 1 2", await ReadAllAsync(provider));

        void Configure(CachingOptions options) => (options.Namespace, options.RedisTimeout) = (_redis.Namespace, TimeSpan.FromSeconds(10));

        static async Task<string> ReadAllAsync(IServiceProvider services)
        {
            HybridCache[] all =
                [services.GetRequiredKeyedService<HybridCache>("a"), services.GetRequiredKeyedService<HybridCache>("b"), services.GetRequiredService<HybridCache>()];
            return string.Join(' ', await Task.WhenAll(all.Select(cache => cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("made")).AsTask())));
        }
    }

    [Fact]
    public async Task The_applications_own_connection_is_used_and_outlives_the_cache()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConnectionMultiplexer>(_redis.Database.Multiplexer);
        services.AddStratAICaching(options => options.Namespace = _redis.Namespace);
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<HybridCache>().SetAsync("k", 42);
        await provider.DisposeAsync();

        Assert.True(await _redis.Database.KeyExistsAsync(_redis.Entry("k")));
    }

    [Fact]
    public void A_container_may_be_disposed_synchronously()
    {
        var services = new ServiceCollection();
        services.AddStratAICaching();
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<HybridCache>();

        provider.Dispose();
    }

    [Theory]
    [InlineData(nameof(CachingOptions.Namespace), "a{b}")]
    [InlineData(nameof(CachingOptions.Namespace), "")]
    [InlineData(nameof(CachingOptions.SchemaVersion), "-1")]
    [InlineData("Default:Expiration", "00:00:00")]
    [InlineData("Default:Expiration", "8.00:00:00")]
    [InlineData("Default:LocalExpiration", "-00:00:01")]
    [InlineData("Profiles:tools:FailSafe", "31.00:00:00")]
    [InlineData("Profiles:tools:SoftTimeout", "00:00:00")]
    [InlineData("Profiles:tools:HardTimeout", "00:00:00")]
    [InlineData("Profiles:tools:EagerRefresh", "1")]
    [InlineData("Profiles:tools:Jitter", "0.6")]
    [InlineData(nameof(CachingOptions.FactoryLease), "00:00:00.0500000")]
    [InlineData(nameof(CachingOptions.FactoryWait), "-00:00:01")]
    [InlineData(nameof(CachingOptions.CompressionThreshold), "-1")]
    [InlineData(nameof(CachingOptions.CoherenceSampling), "1.5")]
    [InlineData(nameof(CachingOptions.MaximumExpiration), "366.00:00:00")]
    [InlineData(nameof(CachingOptions.MaximumPayloadBytes), "0")]
    [InlineData(nameof(CachingOptions.MaximumKeyLength), "16385")]
    [InlineData(nameof(CachingOptions.LocalCapacity), "2")]
    [InlineData(nameof(CachingOptions.LocalCapacityBytes), "1023")]
    [InlineData(nameof(CachingOptions.RedisTimeout), "00:00:00")]
    [InlineData(nameof(CachingOptions.MaximumStaleness), "00:00:00.4000000")]
    public async Task A_bad_option_fails_the_start_and_names_itself_and_its_value(string property, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new($"Caching:{property}", value)]);
        builder.Services.Configure<CachingOptions>("named", builder.Configuration.GetSection("Caching"));
        builder.Services.AddKeyedStratAICaching("named");
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains($"CachingOptions 'named'.{property} is '{value}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_connection_string_fails_without_being_repeated()
    {
        var result = new CachingOptionsValidator().Validate("", new CachingOptions { Configuration = "localhost,password=secret,syncTimeout=never" });

        Assert.True(result.Failed);
        Assert.Contains("CachingOptions.Configuration", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.True(new CachingOptionsValidator().Validate("", new CachingOptions()).Succeeded);

    [Fact]
    public async Task The_health_check_tells_the_mode_and_what_is_wrong()
    {
        var embedded = await CheckAsync(new CacheNode(_ => { }, services => services.AddHealthChecks().AddStratAICaching()));
        Assert.Equal((HealthStatus.Healthy, "embedded"), (embedded.Status, embedded.Data["mode"]));

        var down = await CheckAsync(_redis.CreateNode(null, "127.0.0.1:1", services: services => services.AddHealthChecks().AddStratAICaching()));
        Assert.Equal((HealthStatus.Degraded, "distributed"), (down.Status, down.Data["mode"]));
        Assert.Contains("L1 is bypassed", down.Description, StringComparison.Ordinal);

        static async Task<HealthReportEntry> CheckAsync(CacheNode node)
        {
            await using (node)
            {
                return (await node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["caching"];
            }
        }
    }
}
