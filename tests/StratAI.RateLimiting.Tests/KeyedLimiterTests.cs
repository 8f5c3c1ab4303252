using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

public sealed class KeyedLimiterTests
{
    private static readonly RateLimitPolicy One = new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) };

    private readonly string _prefix = TestLimiters.NewPrefix();

    [Fact]
    public async Task Limiters_of_different_keys_share_nothing_on_one_Redis()
    {
        await using var services = Services(s =>
        {
            s.AddStratAIRateLimiting(Configure);
            s.AddKeyedStratAIRateLimiting("partners", o =>
            {
                Configure(o);
                o.KeyPrefix = $"{_prefix}:partners";
            });
        });
        var (own, partners) = (services.GetRequiredService<IRateLimiters>(), services.GetRequiredKeyedService<IRateLimiters>("partners"));

        foreach (var limiters in (IRateLimiters[])[own, partners])
        {
            Assert.True(limiters.IsDistributed);
            Assert.True((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
            Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
        }

        Assert.True(await services.GetRequiredKeyedService<IRateLimitAdministration>("partners").ResetAsync("p", "k"));
        Assert.True((await partners.AcquireAsync([new("p", "k")])).IsAcquired);
        Assert.Same(partners, services.GetRequiredKeyedService<IRateLimitAdministration>("partners"));
    }

    [Fact]
    public void The_text_of_the_key_is_part_of_every_Redis_key_unless_the_prefix_is_set()
    {
        using var services = Services(s =>
        {
            s.AddKeyedStratAIRateLimiting(7);
            s.AddKeyedStratAIRateLimiting("own", o => o.KeyPrefix = "mine");
        });
        var options = services.GetRequiredService<IOptionsFactory<RateLimitingOptions>>();

        Assert.Equal("ratelimit:7", options.Create("7").KeyPrefix);
        Assert.Equal("mine", options.Create("own").KeyPrefix);
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddKeyedStratAIRateLimiting(" "));
    }

    [Fact]
    public async Task Each_follows_its_own_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Policies:p:PermitLimit"] = "2" }).Build();
        await using var services = Services(s =>
        {
            s.AddStratAIRateLimiting(o => o.AddPolicy("p", One));
            s.AddKeyedStratAIRateLimiting("partners", o => o.AddPolicy("p", One)).BindConfiguration(configuration);
        });
        var (own, partners) = (services.GetRequiredService<IRateLimiters>(), services.GetRequiredKeyedService<IRateLimiters>("partners"));
        Assert.Equal((1, 2), (await LimitAsync(own), await LimitAsync(partners)));

        configuration["Policies:p:PermitLimit"] = "3";
        configuration.Reload();

        Assert.Equal((1, 3), (await LimitAsync(own), await LimitAsync(partners)));

        static async Task<long> LimitAsync(IRateLimiters limiters) => (await limiters.AcquireAsync([new("p", "k", 0)])).Policies[0].Limit;
    }

    [Fact]
    public async Task A_bad_value_of_a_keyed_limiter_fails_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddKeyedStratAIRateLimiting("partners", o => o.AddPolicy("p", One with { PermitLimit = 0 }));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Policies[p].PermitLimit is 0;", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private void Configure(RateLimitingOptions options)
    {
        (options.Configuration, options.KeyPrefix, options.RedisTimeout) = (TestServers.Redis, _prefix, TimeSpan.FromSeconds(10));
        options.AddPolicy("p", One);
    }
}
