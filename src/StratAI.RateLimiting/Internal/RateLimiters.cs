using System.Collections.Frozen;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using StratAI.RateLimiting.Redis;

namespace StratAI.RateLimiting.Internal;

internal sealed class RateLimiters : IRateLimiters, IAsyncDisposable, IDisposable
{
    private const int MaxChecks = 32;

    private readonly FrozenDictionary<string, LimitPolicy> _policies;
    private readonly KeyHasher _hasher;
    private readonly EmbeddedLimitStore _local;
    private readonly RedisLimitStore? _redis;
    private readonly DistributedLimiter? _distributed;
    private readonly RateLimitingMetrics _metrics;

    public RateLimiters(
        RateLimitingOptions options, TimeProvider time, RateLimitingMetrics metrics, ILogger<RateLimiters> logger, RedisLimitStore? redis)
    {
        _policies = options.Policies.ToFrozenDictionary(entry => entry.Key, entry => new LimitPolicy(entry.Key, entry.Value), StringComparer.Ordinal);
        _hasher = new(options.KeyHashSecret);
        _local = new(time);
        _redis = redis;
        _distributed = redis is null ? null : new(redis, _local, time, metrics, logger);
        _metrics = metrics;
        Time = time;
    }

    public TimeProvider Time { get; }

    public bool IsDistributed => _distributed is not null;

    public RateLimiter Get(string policy, string key)
    {
        var found = Find(policy);
        return new PolicyRateLimiter(this, found, KeyOf(found, key));
    }

    public PartitionedRateLimiter<TResource> CreatePartitioned<TResource>(string policy, Func<TResource, string> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new PartitionedPolicyRateLimiter<TResource>(this, Find(policy), key);
    }

    public ValueTask<RateLimitDecision> AcquireAsync(IReadOnlyList<RateLimitCheck> checks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checks);
        if (checks.Count is 0 or > MaxChecks)
        {
            throw new ArgumentException($"There are {checks.Count} checks; a call takes 1 to {MaxChecks}.", nameof(checks));
        }

        var requests = new LimitRequest[checks.Count];
        for (var i = 0; i < requests.Length; i++)
        {
            var check = checks[i];
            ArgumentOutOfRangeException.ThrowIfNegative(check.Cost, nameof(checks));
            var policy = Find(check.Policy);
            var request = requests[i] = new(policy, KeyOf(policy, check.Key), policy.Gcra.Charge(check.Cost));
            if (Array.FindIndex(requests, 0, i, earlier => earlier.Key == request.Key) >= 0)
            {
                throw new ArgumentException($"Policy '{check.Policy}' is checked twice with the same key; add up the costs.", nameof(checks));
            }
        }

        return DecideAsync(requests, cancellationToken);
    }

    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;

    // A container that is disposed synchronously does not wait for the connection to close.
    public void Dispose() => _ = DisposeAsync().AsTask();

    internal Task ConnectAsync() => _redis?.ConnectAsync() ?? Task.CompletedTask;

    internal ValueTask<RateLimitDecision> DecideAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RateLimitDecision>(cancellationToken);
        }

        return _distributed is null ? new(DecideEmbedded(requests)) : DecideDistributedAsync(requests, cancellationToken);
    }

    /// <summary>Only when not distributed.</summary>
    internal RateLimitDecision DecideEmbedded(LimitRequest[] requests)
    {
        var start = Time.GetTimestamp();
        var decision = Decisions.From(requests, _local.Acquire(requests));
        _metrics.Decided(decision, isDistributed: false, Time.GetElapsedTime(start));
        return decision;
    }

    /// <summary>The permits left in a bucket of this process, uncounted by metrics. Only when not distributed.</summary>
    internal long PeekEmbedded(LimitPolicy policy, LimitKey key)
    {
        LimitRequest[] requests = [new(policy, key, policy.Gcra.Charge(0))];
        var reply = _local.Acquire(requests);
        return policy.Gcra.Remaining(reply.States[0], reply.NowMicros);
    }

    internal LimitKey KeyOf(LimitPolicy policy, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new(policy.Name, _hasher.Hash(key));
    }

    private async ValueTask<RateLimitDecision> DecideDistributedAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        using var activity = RateLimitingMetrics.ActivitySource.StartActivity("rate_limiting.acquire");
        var start = Time.GetTimestamp();
        var decision = await _distributed!.AcquireAsync(requests, cancellationToken).ConfigureAwait(false);
        _metrics.Decided(decision, isDistributed: true, Time.GetElapsedTime(start));
        activity?.SetTag(RateLimitingDiagnostics.OutcomeTag, RateLimitingMetrics.OutcomeOf(decision));
        return decision;
    }

    private LimitPolicy Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _policies.GetValueOrDefault(name)
            ?? throw new ArgumentException($"There is no policy named '{name}'; there are: {string.Join(", ", _policies.Keys.Order())}.", nameof(name));
    }
}
