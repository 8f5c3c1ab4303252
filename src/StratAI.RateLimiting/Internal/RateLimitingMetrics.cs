using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace StratAI.RateLimiting.Internal;

internal sealed class RateLimitingMetrics
{
    private const int NearLimitPart = 5;

    public static readonly ActivitySource ActivitySource = new(RateLimitingDiagnostics.ActivitySourceName);

    private readonly Counter<long> _checks;
    private readonly Counter<long> _redisFailures;
    private readonly Counter<long> _nearLimit;
    private readonly Histogram<double> _duration;
    private readonly ConditionalWeakTable<RateLimiters, object?> _observed = [];

    public RateLimitingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(RateLimitingDiagnostics.MeterName);
        _checks = meter.CreateCounter<long>(RateLimitingDiagnostics.Checks, "{check}", "Checks of a policy.");
        _nearLimit = meter.CreateCounter<long>(RateLimitingDiagnostics.NearLimit, "{check}", "Admitted checks that left less than a fifth of the limit.");
        _redisFailures = meter.CreateCounter<long>(RateLimitingDiagnostics.RedisFailures, "{failure}", "Calls to Redis that gave no answer.");
        _duration = meter.CreateHistogram(
            RateLimitingDiagnostics.Duration, "s", "Time of a decision.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25] });
        meter.CreateObservableUpDownCounter(
            RateLimitingDiagnostics.Reservations, () => _observed.Sum(entry => (long)entry.Key.ReservationCount), "{reservation}", "What this instance holds.");
        meter.CreateObservableGauge(
            RateLimitingDiagnostics.BreakerOpen, () => _observed.Any(entry => entry.Key.IsBroken) ? 1 : 0, null, "1 while Redis is only tried once a second.");
    }

    /// <summary>Tells of this one too, for as long as it is used.</summary>
    public void Observe(RateLimiters limiters) => _observed.Add(limiters, null);

    public void RedisFailed(string reason) => _redisFailures.Add(1, new KeyValuePair<string, object?>(RateLimitingDiagnostics.ReasonTag, reason));

    public void Decided(RateLimitDecision decision, string source, TimeSpan elapsed)
    {
        if (!_checks.Enabled && !_duration.Enabled && !_nearLimit.Enabled)
        {
            return;
        }

        foreach (var status in decision.Policies)
        {
            _checks.Add(
                1,
                new(RateLimitingDiagnostics.PolicyTag, status.Policy),
                new(RateLimitingDiagnostics.OutcomeTag, OutcomeOf(decision, status)),
                new(RateLimitingDiagnostics.SourceTag, source));
            if (decision.IsAcquired && status.Remaining * NearLimitPart < status.Limit)
            {
                _nearLimit.Add(1, new KeyValuePair<string, object?>(RateLimitingDiagnostics.PolicyTag, status.Policy));
            }
        }

        _duration.Record(
            elapsed.TotalSeconds,
            new(RateLimitingDiagnostics.OutcomeTag, OutcomeOf(decision)),
            new(RateLimitingDiagnostics.SourceTag, source));
    }

    private static string OutcomeOf(RateLimitDecision decision, RateLimitStatus status) =>
        status is { Violated: true, IsShadow: true } ? "shadowed"
        : status.Violated || decision.IsAcquired ? OutcomeOf(decision)
        : "withheld";

    public static string OutcomeOf(RateLimitDecision decision) => decision.Outcome switch
    {
        RateLimitOutcome.Acquired => "acquired",
        RateLimitOutcome.QuotaExceeded => "rejected",
        _ => "unavailable",
    };
}
