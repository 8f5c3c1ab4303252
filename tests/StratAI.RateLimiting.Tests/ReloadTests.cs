using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.RateLimiting.Tests;

/// <summary>Policies that change while the application runs.</summary>
public sealed class ReloadTests
{
    private readonly Source _source = new();
    private readonly Lines _log = new();

    [Fact]
    public async Task A_raised_and_a_lowered_limit_apply_to_the_next_request()
    {
        await using var app = await StartAsync();
        Assert.Equal("200 200 429", await app.GetAsync("/", 3));

        _source.Change(("Limits:Policies:user:PermitLimit", "4"));
        Assert.Equal("200 200 429", await app.GetAsync("/", 3));
        Assert.Equal("\"user\";q=4;w=3600", (await app.GetAsync("/")).Field("RateLimit-Policy"));

        _source.Change(("Limits:Policies:user:PermitLimit", "1"));
        Assert.Equal("\"user\";q=1;w=3600", (await app.GetAsync("/", "grace")).Field("RateLimit-Policy"));
        Assert.Equal("429", await app.GetAsync("/", 1, "grace"));
        Assert.Contains(_log.Of(LogLevel.Information), line => line.Contains("2 policies apply", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configuration_changes_what_code_added_and_names_are_the_same_in_any_case()
    {
        _source.Change(("Limits:Policies:USER:PermitLimit", "7"));
        await using var app = await StartAsync();

        Assert.Equal("\"user\";q=7;w=3600", (await app.GetAsync("/")).Field("RateLimit-Policy"));

        _source.Change(("Limits:Policies:USER:PermitLimit", null), ("Limits:Policies:User:PermitLimit", "5"), ("Limits:Policies:User:Algorithm", "SlidingLog"));
        Assert.Equal("\"user\";q=5;w=3600", (await app.GetAsync("/")).Field("RateLimit-Policy"));
        Assert.Equal(RateLimitAlgorithm.SlidingLog, app.Services.GetRequiredService<IRateLimitAdministration>().Policies["user"].Algorithm);
    }

    [Theory]
    [InlineData("PermitLimit", "0", "Policies[user].PermitLimit is 0")]
    [InlineData("PermitLimit", "many", "many")]
    [InlineData("Algorithm", "Leaky", "Leaky")]
    [InlineData("Overrides:ada@example.org:PermitLimit", "0", "Policies[user].Overrides (number 1).PermitLimit is 0")]
    [InlineData("Overrides:ada@example.org:PermitLimit", "many", "a value of an override cannot be read")]
    public async Task A_change_that_is_not_valid_is_refused_whole_and_logged_without_keys(string name, string value, string words)
    {
        await using var app = await StartAsync();

        _source.Change(("Limits:Policies:other:PermitLimit", "9"), ($"Limits:Policies:user:{name}", value));

        var policies = app.Services.GetRequiredService<IRateLimitAdministration>().Policies;
        Assert.Equal((2, 1), (policies["user"].PermitLimit, policies["other"].PermitLimit));
        var line = Assert.Single(_log.Of(LogLevel.Error));
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.DoesNotContain("ada@", line, StringComparison.Ordinal);
        Assert.Equal("200 200 429", await app.GetAsync("/", 3));

        _source.Change(($"Limits:Policies:user:{name}", null), ("Limits:Policies:user:PermitLimit", "3"));
        policies = app.Services.GetRequiredService<IRateLimitAdministration>().Policies;
        Assert.Equal((3, 9), (policies["user"].PermitLimit, policies["other"].PermitLimit));
    }

    [Fact]
    public async Task A_change_that_leaves_a_policy_out_is_refused()
    {
        _source.Change(("Limits:Policies:third:PermitLimit", "1"), ("Limits:Policies:third:Window", "01:00:00"));
        await using var app = await StartAsync();

        _source.Change(
            ("Limits:Policies:third:PermitLimit", null), ("Limits:Policies:third:Window", null), ("Limits:Policies:user:PermitLimit", "9"));

        Assert.Contains("policies are missing: third", Assert.Single(_log.Of(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Equal("\"user\";q=2;w=3600", (await app.GetAsync("/")).Field("RateLimit-Policy"));
    }

    [Fact]
    public async Task An_override_that_is_added_frees_a_key_and_one_that_is_taken_back_binds_it_again()
    {
        await using var app = await StartAsync();
        Assert.Equal("200 200 429", await app.GetAsync("/", 3));

        _source.Change(("Limits:Policies:user:Overrides:ada:Exempt", "true"));
        var exempt = await app.GetAsync("/");
        Assert.Equal((200, null), ((int)exempt.StatusCode, exempt.Field("RateLimit-Policy")));
        Assert.Equal("\"user\";q=2;w=3600", (await app.GetAsync("/", "grace")).Field("RateLimit-Policy"));

        _source.Change(("Limits:Policies:user:Overrides:ada:Exempt", null));
        Assert.Equal("429", await app.GetAsync("/", 1));
    }

    [Fact]
    public async Task A_shorter_lease_is_renewed_in_time()
    {
        await using var app = await StartAsync(o => o.AddPolicy("held", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1 }));
        var limiters = app.Services.GetRequiredService<IRateLimiters>();

        _source.Change(("Limits:Policies:held:LeaseTime", "00:00:03"));
        await using var decision = await limiters.AcquireAsync([new("held", "k")]);
        for (var i = 0; i < 10; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.False((await limiters.AcquireAsync([new("held", "k", 0)])).IsAcquired, $"after {i + 1} s");
        }

        GC.KeepAlive(decision);
    }

    private Task<TestApp> StartAsync(Action<RateLimitingOptions>? configure = null) => TestApp.StartAsync(
        o =>
        {
            o.AddPolicy("user", new() { PermitLimit = 2, Window = TimeSpan.FromHours(1), Algorithm = RateLimitAlgorithm.FixedWindow }, TestApp.User);
            o.AddPolicy("other", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }, TestApp.User);
            configure?.Invoke(o);
        },
        app => app.MapGet("/", () => "ok").RequireLimits("user"),
        build: builder =>
        {
            builder.Logging.AddProvider(_log);
            ((IConfigurationBuilder)builder.Configuration).Add(_source);
            builder.Services.AddStratAIRateLimiting().BindConfiguration(builder.Configuration.GetSection("Limits"));
        });

    /// <summary>As a file that is edited.</summary>
    private sealed class Source() : MemoryConfigurationProvider(new()), IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Change(params (string Key, string? Value)[] values)
        {
            foreach (var (key, value) in values)
            {
                Data.Remove(key);
                if (value is not null)
                {
                    Data[key] = value;
                }
            }

            OnReload();
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public string[] Of(LogLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, formatter(state, exception) + exception));

        public void Dispose()
        {
        }
    }
}
