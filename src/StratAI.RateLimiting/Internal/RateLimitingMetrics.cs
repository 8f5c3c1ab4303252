using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.RateLimiting.Internal;

internal sealed class RateLimitingMetrics
{
    public static readonly ActivitySource ActivitySource = new(RateLimitingDiagnostics.ActivitySourceName);

    private readonly Counter<long> _checks;
    private readonly Counter<long> _redisFailures;
    private readonly Histogram<double> _duration;

    public RateLimitingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(RateLimitingDiagnostics.MeterName);
        _checks = meter.CreateCounter<long>(RateLimitingDiagnostics.Checks, "{check}", "Checks of a policy.");
        _redisFailures = meter.CreateCounter<long>(RateLimitingDiagnostics.RedisFailures, "{failure}", "Calls to Redis that gave no answer.");
        _duration = meter.CreateHistogram(
            RateLimitingDiagnostics.Duration, "s", "Time of a decision.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25] });
    }

    public void RedisFailed(string reason) => _redisFailures.Add(1, new KeyValuePair<string, object?>(RateLimitingDiagnostics.ReasonTag, reason));

    public void Decided(RateLimitDecision decision, bool isDistributed, TimeSpan elapsed)
    {
        if (!_checks.Enabled && !_duration.Enabled)
        {
            return;
        }

        var source = decision.IsDegraded ? "outage" : isDistributed ? "redis" : "embedded";
        foreach (var status in decision.Policies)
        {
            _checks.Add(
                1,
                new(RateLimitingDiagnostics.PolicyTag, status.Policy),
                new(RateLimitingDiagnostics.OutcomeTag, status.Violated || decision.IsAcquired ? OutcomeOf(decision) : "withheld"),
                new(RateLimitingDiagnostics.SourceTag, source));
        }

        _duration.Record(
            elapsed.TotalSeconds,
            new(RateLimitingDiagnostics.OutcomeTag, OutcomeOf(decision)),
            new(RateLimitingDiagnostics.SourceTag, source));
    }

    public static string OutcomeOf(RateLimitDecision decision) => decision.Outcome switch
    {
        RateLimitOutcome.Acquired => "acquired",
        RateLimitOutcome.QuotaExceeded => "rejected",
        _ => "unavailable",
    };
}
