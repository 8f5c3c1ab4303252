using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

public sealed class ProfileTests
{
    private readonly CountingFactory _factory = new();

    [Fact]
    public async Task Profiles_come_from_configuration_and_leave_open_what_the_default_says()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Caching:Default:Expiration"] = "00:10:00",
            ["Caching:Default:FailSafe"] = "01:00:00",
            ["Caching:Profiles:Area:LocalExpiration"] = "00:01:00",
            ["Caching:Profiles:Tools:Expiration"] = "00:02:00",
            ["Caching:Profiles:Tools:Flags"] = "DisableCompression",
        }).Build();
        await using var node = new CacheNode(_ => { }, services => services.Configure<CachingOptions>(configuration.GetSection("Caching")));

        var tools = node.Cache.Profile("tools");
        Assert.Equal(TimeSpan.FromMinutes(2), tools.Expiration);
        Assert.Equal(HybridCacheEntryFlags.DisableCompression, tools.Flags);
        Assert.Same(tools, node.Cache.Profile("TOOLS"));

        await AssertLivesAsync(node, "default", null, TimeSpan.FromMinutes(10));
        await AssertLivesAsync(node, "area", node.Cache.Profile("area"), TimeSpan.FromMinutes(1));
        await AssertLivesAsync(node, "tools", tools, TimeSpan.FromMinutes(2));
        Assert.Equal(_factory.Runs, await node.Cache.GetOrCreateAsync<int>("tools", _ => throw new InvalidDataException(), tools));
    }

    [Fact]
    public async Task A_profile_of_the_codes_own_is_what_it_was_when_it_was_given()
    {
        await using var node = new CacheNode(options => options.Default.Expiration = TimeSpan.FromMinutes(3));
        var profile = new CacheProfile { Expiration = TimeSpan.FromMinutes(1) };
        var minute = profile.ToEntryOptions();
        profile.Expiration = TimeSpan.FromMinutes(2);

        await AssertLivesAsync(node, "minute", minute, TimeSpan.FromMinutes(1));
        await AssertLivesAsync(node, "open", new CacheProfile().ToEntryOptions(), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task An_unknown_profile_is_named_with_those_that_there_are()
    {
        await using var node = new CacheNode(options =>
        {
            options.Profiles["tools"] = new();
            options.Profiles["area"] = new();
        });

        var error = Assert.Throws<ArgumentException>(() => node.Cache.Profile("arena"));
        Assert.Contains("'arena'; there are: area, tools.", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(StubCache), Assert.Throws<ArgumentException>(() => new StubCache().Profile("area")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_implementation_sees_the_lifetimes_and_the_flags()
    {
        var options = new CacheProfile
        {
            Expiration = TimeSpan.FromMinutes(2),
            LocalExpiration = TimeSpan.FromMinutes(1),
            Flags = HybridCacheEntryFlags.DisableLocalCache,
            FailSafe = TimeSpan.FromHours(1),
        }.ToEntryOptions();

        Assert.Equal(TimeSpan.FromMinutes(2), options.Expiration);
        Assert.Equal(TimeSpan.FromMinutes(1), options.LocalCacheExpiration);
        Assert.Equal(HybridCacheEntryFlags.DisableLocalCache, options.Flags);
    }

    [Fact]
    public async Task Another_implementation_is_asked_key_by_key_for_a_batch()
    {
        var runs = new List<int[]>();

        var values = await new StubCache().GetOrCreateManyAsync([1, 2, 3], key => $"k{key}", (keys, _) =>
        {
            runs.Add([.. keys]);
            return new ValueTask<IReadOnlyDictionary<int, string>>(keys.Where(key => key != 2).ToDictionary(key => key, key => $"made {key}"));
        });

        Assert.Equal(new Dictionary<int, string> { [1] = "made 1", [3] = "made 3" }, values);
        Assert.Equal([[1], [2], [3]], runs);
    }

    private async Task AssertLivesAsync(CacheNode node, string key, HybridCacheEntryOptions? options, TimeSpan lifetime)
    {
        var made = await node.Cache.GetOrCreateAsync(key, _factory.Next, options);
        node.Time.Advance(lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(made, await node.Cache.GetOrCreateAsync(key, _factory.Next, options));
        node.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(node.HoldsLocally(key));
        if (key != "tools")
        {
            Assert.Equal(made + 1, await node.Cache.GetOrCreateAsync(key, _factory.Next, options));
        }
    }
}
