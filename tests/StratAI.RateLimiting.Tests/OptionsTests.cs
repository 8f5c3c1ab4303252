using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StratAI.RateLimiting.Tests;

public sealed class OptionsTests
{
    private static readonly RateLimitPolicy Valid = new() { PermitLimit = 1, Window = TimeSpan.FromSeconds(1) };

    public static TheoryData<string, Action<RateLimitingOptions>> Invalid { get; } = new()
    {
        { "Policies[p].PermitLimit is 0;", o => o.AddPolicy("p", Valid with { PermitLimit = 0 }) },
        { "Policies[p].PermitLimit is 1000000000001;", o => o.AddPolicy("p", Valid with { PermitLimit = 1_000_000_000_001 }) },
        { "Policies[p].Window is 00:00:00.0009990;", o => o.AddPolicy("p", Valid with { Window = TimeSpan.FromMicroseconds(999) }) },
        { "Policies[p].Window is 366.00:00:00.0000010;", o => o.AddPolicy("p", Valid with { Window = TimeSpan.FromDays(366) + TimeSpan.FromMicroseconds(1) }) },
        { "Policies[p].Window is 00:00:01.0000001;", o => o.AddPolicy("p", Valid with { Window = TimeSpan.FromSeconds(1) + TimeSpan.FromTicks(1) }) },
        { "Policies[p].Outage is 7;", o => o.AddPolicy("p", Valid with { Outage = (OutageBehavior)7 }) },
        { "Policies[p].RedisTimeout is 00:00:31;", o => o.AddPolicy("p", Valid with { RedisTimeout = TimeSpan.FromSeconds(31) }) },
        { "Policies[p].Algorithm is 9;", o => o.AddPolicy("p", Valid with { Algorithm = (RateLimitAlgorithm)9 }) },
        { "Policies[p].PermitLimit is 10001;", o => o.AddPolicy("p", Valid with { Algorithm = RateLimitAlgorithm.SlidingLog, PermitLimit = 10_001 }) },
        { "Policies[p].Window is 00:00:01; Concurrency has none", o => o.AddPolicy("p", Valid with { Algorithm = RateLimitAlgorithm.Concurrency }) },
        { "Policies[p].Segments is 1;", o => o.AddPolicy("p", Valid with { Algorithm = RateLimitAlgorithm.SlidingWindow, Segments = 1 }) },
        { "Policies[p].Window is 00:00:00.0090000; each of its 10 segments", o => o.AddPolicy("p", Valid with { Algorithm = RateLimitAlgorithm.SlidingBudget, Window = TimeSpan.FromMilliseconds(9) }) },
        { "Policies[p].LeaseTime is 00:00:02;", o => o.AddPolicy("p", Valid with { LeaseTime = TimeSpan.FromSeconds(2) }) },
        { "Policies[p].BlockSize is 2; it must be from 1 to 1000000, and at most PermitLimit", o => o.AddPolicy("p", Valid with { BlockSize = 2 }) },
        { "Policies[p].BlockSize is 2; only a FixedWindow", o => o.AddPolicy("p", Valid with { PermitLimit = 2, BlockSize = 2 }) },
        { "Policies[p].LocalShareFor is 2.00:00:00;", o => o.AddPolicy("p", Valid with { LocalShareFor = TimeSpan.FromDays(2) }) },
        { "Policies[p].Plans[pro].PermitLimit is 0;", o => o.AddPolicy("p", Planned(new() { PermitLimit = 0 })) },
        { "Policies[p].Plans[pro].Window is 00:00:00;", o => o.AddPolicy("p", Planned(new() { Window = TimeSpan.Zero })) },
        { "Policies[no name] has a name", o => o.Policies.Add("no name", Valid) },
        { "DenialCacheDuration is 00:02:00;", o => o.DenialCacheDuration = TimeSpan.FromMinutes(2) },
        { "KeyPrefix is '';", o => o.KeyPrefix = "" },
        { "KeyPrefix is 'a{b}';", o => o.KeyPrefix = "a{b}" },
        { "KeyPrefix is 'a b';", o => o.KeyPrefix = "a b" },
        { "KeyHashSecret has 5 characters;", o => o.KeyHashSecret = "short" },
        { "RedisTimeout is 00:00:00;", o => o.RedisTimeout = TimeSpan.Zero },
        { "RedisTimeout is 00:00:31;", o => o.RedisTimeout = TimeSpan.FromSeconds(31) },
        { "Configuration is not", o => o.Configuration = "ssl=true" },
        { "Configuration is not", o => o.Configuration = "127.0.0.1:6379,nonsense=1,password=pw" },
    };

    private static RateLimitPolicy Planned(RateLimitPlan plan) => Valid with { Plans = new Dictionary<string, RateLimitPlan> { ["pro"] = plan } };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task A_bad_value_fails_the_start_and_is_named(string words, Action<RateLimitingOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStratAIRateLimiting(configure);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith($"RateLimitingOptions.{words}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("per user")]
    [InlineData("a\"b")]
    [InlineData("a{b}")]
    [InlineData("größe")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_policy_name_that_no_header_could_carry_is_refused(string? name) =>
        Assert.Throws<ArgumentException>(() => new RateLimitingOptions().AddPolicy(name!, Valid));

    [Fact]
    public void A_policy_name_is_taken_once()
    {
        var options = new RateLimitingOptions().AddPolicy("chat/v1:*", Valid);

        // As in configuration, where names differ by more than case.
        foreach (var name in (string[])["chat/v1:*", "CHAT/v1:*"])
        {
            Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => options.AddPolicy(name, Valid, _ => null)).Message, StringComparison.Ordinal);
        }

        Assert.Single(options.Policies);
    }

    [Fact]
    public async Task Adding_twice_adds_up_and_an_earlier_service_wins()
    {
        var services = new ServiceCollection();
        services.AddStratAIRateLimiting(o => o.AddPolicy("a", Valid));
        services.AddStratAIRateLimiting(o => o.AddPolicy("b", Valid));
        services.AddStratAIRateLimiting();
        await using var provider = services.BuildServiceProvider();

        Assert.True((await Assert.Single(provider.GetServices<IRateLimiters>()).AcquireAsync([new("a", "k"), new("b", "k")])).IsAcquired);
        Assert.Single(provider.GetServices<IHostedService>());
        Assert.Single(provider.GetServices<IValidateOptions<RateLimitingOptions>>());

        var own = provider.GetRequiredService<IRateLimiters>();
        var replaced = new ServiceCollection().AddSingleton(own);
        replaced.AddStratAIRateLimiting();
        await using var second = replaced.BuildServiceProvider();
        Assert.Same(own, second.GetRequiredService<IRateLimiters>());
    }
}
