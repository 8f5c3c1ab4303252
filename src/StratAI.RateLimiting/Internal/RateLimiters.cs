using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using StratAI.RateLimiting.Redis;

namespace StratAI.RateLimiting.Internal;

internal sealed partial class RateLimiters : IRateLimiters, IAsyncDisposable, IDisposable
{
    private const int MaxChecks = 32;

    private readonly PolicySet _policies;
    private readonly KeyHasher _hasher;
    private readonly EmbeddedLimitStore _local;
    private readonly RedisLimitStore? _redis;
    private readonly DistributedLimiter? _distributed;
    private readonly RateLimitingMetrics _metrics;
    private readonly ReservationKeeper _keeper;
    private readonly Beat _beat;
    private readonly DenialCache _denials;
    private readonly LocalTable<PermitBlock> _blocks;
    private readonly BlockedCall? _blocked;

    public RateLimiters(
        RateLimitingOptions options, PolicySet policies, TimeProvider time, RateLimitingMetrics metrics, ILogger<RateLimiters> logger,
        RedisLimitStore? redis)
    {
        _policies = policies;
        _hasher = new(options.KeyHashSecret);
        _local = new(time);
        _redis = redis;
        _distributed = redis is null ? null : new(redis, _local, time, metrics, logger);
        _metrics = metrics;
        _keeper = new(this, time, logger);
        _beat = new(policies, time, BeatAsync, logger);
        _denials = new(redis is null ? TimeSpan.Zero : options.DenialCacheDuration, time);
        _blocks = new(time, block => block.EndsAt);
        _blocked = _distributed is null ? null : new(_blocks, _distributed, _hasher, time);
        policies.Replaced += Forget;
        Time = time;
        metrics.Observe(this);
    }

    public TimeProvider Time { get; }

    public bool IsDistributed => _distributed is not null;

    /// <summary>Whether Redis gave no answer so often that it is only tried once a second.</summary>
    public bool IsBroken => _distributed?.IsBroken == true;

    /// <summary>The instances last known to be alive, this one included.</summary>
    public int Instances => _distributed?.Instances ?? 1;

    public int ReservationCount => _keeper.Count;

    /// <summary>Settlements that Redis does not have yet.</summary>
    public int UnsettledCount => _keeper.Unsettled;

    public RateLimiter Get(string policy, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new PolicyRateLimiter(this, _policies.Find(policy).Name, key);
    }

    public PartitionedRateLimiter<TResource> CreatePartitioned<TResource>(string policy, Func<TResource, string> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var name = _policies.Find(policy).Name;
        return CreatePartitioned<TResource>(resource => [new(name, key(resource))]);
    }

    public PartitionedRateLimiter<TResource> CreatePartitioned<TResource>(Func<TResource, IReadOnlyList<RateLimitCheck>> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return new PartitionedPolicyRateLimiter<TResource>(this, checks);
    }

    public ValueTask<RateLimitDecision> AcquireAsync(IReadOnlyList<RateLimitCheck> checks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checks);
        if (checks.Count is 0 or > MaxChecks)
        {
            throw new ArgumentException($"There are {checks.Count} checks; a call takes 1 to {MaxChecks}.", nameof(checks));
        }

        return DecideAsync(Prepare(checks, reserve: true), cancellationToken);
    }

    /// <summary>
    /// Makes requests of checks; exempt keys have none. With <paramref name="reserve"/> budgets are reserved, else they are charged at once.
    /// </summary>
    internal LimitRequest[] Prepare(IReadOnlyList<RateLimitCheck> checks, bool reserve)
    {
        var requests = new LimitRequest[checks.Count];
        var count = 0;
        for (var i = 0; i < checks.Count; i++)
        {
            var check = checks[i];
            ArgumentOutOfRangeException.ThrowIfNegative(check.Cost, nameof(checks));
            ArgumentException.ThrowIfNullOrEmpty(check.Key, nameof(checks));
            var policy = _policies.Find(check.Policy);
            if (policy.RulesFor(check.Key, check.Plan) is not { } rules)
            {
                continue;
            }

            var request = new LimitRequest(policy, rules, check.Key, check.Group, check.Cost)
            {
                Plan = check.Plan,
                Wanted = Math.Max(check.Cost, rules.IsCounted && check.Cost > 0 && IsDistributed ? policy.BlockSize : 0),
                Hold = rules.IsHeld && check.Cost > 0
                    ? reserve || rules.Algorithm == RateLimitAlgorithm.Concurrency ? new(NewId(), check.Cost) { IsNew = true } : new("", 0, check.Cost)
                    : null,
            };
            for (var earlier = 0; earlier < count; earlier++)
            {
                if (requests[earlier].IsOfSameBucket(request))
                {
                    throw new ArgumentException($"Policy '{check.Policy}' is checked twice with the same key; add up the costs.", nameof(checks));
                }
            }

            requests[count++] = request;
        }

        return count == requests.Length ? requests : requests[..count];
    }

    internal ValueTask<RateLimitDecision> DecideAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RateLimitDecision>(cancellationToken);
        }

        if (_distributed is null || requests.Length == 0)
        {
            return new(DecideEmbedded(requests));
        }

        return DecideAtOnce(requests) is { } decision ? new(decision) : DecideDistributedAsync(_distributed, requests, cancellationToken);
    }

    /// <summary>Only when not distributed.</summary>
    internal RateLimitDecision DecideEmbedded(LimitRequest[] requests)
    {
        var start = Time.GetTimestamp();
        var decision = WithReservations(requests, Decisions.From(requests, _local.Acquire(Hash(requests))));
        _metrics.Decided(decision, "embedded", Time.GetElapsedTime(start));
        return decision;
    }

    /// <summary>The permits left in a bucket of this process, uncounted by metrics.</summary>
    internal long PeekEmbedded(RateLimitCheck check) =>
        Prepare([check with { Cost = 0 }], reserve: false) is { Length: > 0 } requests ? _local.Acquire(Hash(requests)).Buckets[0].Remaining : long.MaxValue;

    /// <summary>Decides by what this instance knows and has; <see langword="null"/> when Redis must be asked.</summary>
    private RateLimitDecision? DecideAtOnce(LimitRequest[] requests)
    {
        var start = Time.GetTimestamp();
        if (_denials.Find(requests) is { } denial)
        {
            _metrics.Decided(denial, "denial", Time.GetElapsedTime(start));
            return denial;
        }

        if (!BlockedCall.Applies(requests) || _blocked!.TryTake(requests) is not { } statuses)
        {
            return null;
        }

        var decision = new RateLimitDecision { Outcome = RateLimitOutcome.Acquired, Policies = statuses };
        _metrics.Decided(decision, "block", Time.GetElapsedTime(start));
        return decision;
    }

    private async ValueTask<RateLimitDecision> DecideDistributedAsync(
        DistributedLimiter limiter, LimitRequest[] requests, CancellationToken cancellationToken)
    {
        using var activity = RateLimitingMetrics.ActivitySource.StartActivity("rate_limiting.acquire");
        var start = Time.GetTimestamp();
        RateLimitDecision? decision;
        try
        {
            if (BlockedCall.Applies(requests))
            {
                decision = await _blocked!.AcquireAsync(requests, cancellationToken).ConfigureAwait(false) is var (acquired, statuses)
                    ? Decisions.From(acquired, statuses)
                    : null;
            }
            else
            {
                decision = await limiter.TryAcquireAsync(Hash(requests), cancellationToken).ConfigureAwait(false) is { } reply
                    ? Decisions.From(requests, reply)
                    : null;
            }
        }
        catch (OperationCanceledException)
        {
            GiveBack(requests);
            throw;
        }

        if (decision is null)
        {
            decision = limiter.DecideWithoutRedis(Hash(requests));
        }
        else if (!decision.IsAcquired)
        {
            _denials.Add(requests, decision.Policies, start);
        }

        decision = WithReservations(requests, decision);
        _metrics.Decided(decision, decision.IsDegraded ? "outage" : "redis", Time.GetElapsedTime(start));
        activity?.SetTag(RateLimitingDiagnostics.PolicyCountTag, requests.Length)
            .SetTag(RateLimitingDiagnostics.OutcomeTag, RateLimitingMetrics.OutcomeOf(decision))
            .SetTag(RateLimitingDiagnostics.SourceTag, decision.IsDegraded ? "outage" : "redis");
        return decision;
    }

    private LimitRequest[] Hash(LimitRequest[] requests)
    {
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = requests[i].Hashed(_hasher);
        }

        return requests;
    }

    private static string NewId() => Guid.NewGuid().ToString("n")[..16];
}
