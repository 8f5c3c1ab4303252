using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

public sealed class TelemetryTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Every_policy_of_a_decision_is_counted_with_its_own_outcome()
    {
        var limiters = TestLimiters.Embedded(
            new FakeTimeProvider(),
            o => o
                .AddPolicy("wide", new() { PermitLimit = 10, Window = TimeSpan.FromHours(1) })
                .AddPolicy("narrow", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }),
            _meters.Factory);

        for (var i = 0; i < 3; i++)
        {
            await limiters.AcquireAsync([new("wide", "someone"), new("narrow", "someone")]);
        }

        var checks = _meters.Measurements(RateLimitingDiagnostics.Checks).GroupBy(m => m.Tags).ToDictionary(g => g.Key, g => g.Sum(m => m.Value));
        Assert.Equal(
            new Dictionary<string, double>
            {
                ["policy=wide,outcome=acquired,source=embedded"] = 1,
                ["policy=narrow,outcome=acquired,source=embedded"] = 1,
                ["policy=wide,outcome=withheld,source=embedded"] = 2,
                ["policy=narrow,outcome=rejected,source=embedded"] = 2,
            },
            checks);
        Assert.Equal(
            ["outcome=acquired,source=embedded", "outcome=rejected,source=embedded", "outcome=rejected,source=embedded"],
            _meters.Measurements(RateLimitingDiagnostics.Duration).Select(m => m.Tags));
    }
}
