using Microsoft.Extensions.Logging;
using StratAI.RateLimiting.Redis;
using StratAI.Shared;

namespace StratAI.RateLimiting.Internal;

/// <summary>Decides by Redis and, while Redis gives no answer, by each policy's ladder for outages.</summary>
internal sealed class DistributedLimiter(
    RedisLimitStore redis, EmbeddedLimitStore local, TimeProvider time, RateLimitingMetrics metrics, ILogger logger)
{
    private const int FailureThreshold = 5;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(1);

    private readonly CircuitBreaker _breaker = new(FailureThreshold, OpenFor, time);
    private long _lastAnswer = time.GetTimestamp();
    private int _instances = 1;

    /// <summary>Whether Redis gave no answer so often that it is only tried once a second.</summary>
    public bool IsBroken => _breaker.IsOpen;

    /// <summary>The instances last known to be alive, this one included.</summary>
    public int Instances
    {
        get => Volatile.Read(ref _instances);
        set => Volatile.Write(ref _instances, Math.Max(1, value));
    }

    /// <summary>What Redis decided; <see langword="null"/> when it gave no answer.</summary>
    public async ValueTask<LimitReply?> TryAcquireAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        if (!_breaker.TryEnter())
        {
            return null;
        }

        try
        {
            var reply = await redis.AcquireAsync(requests, cancellationToken).ConfigureAwait(false);
            Answered();
            return reply;
        }
        catch (Exception e) when (RedisLimitStore.FailureReason(e) is { } reason)
        {
            Failed(reason, e);
            return null;
        }
    }

    /// <summary>Calls Redis unless the breaker is open; a failure is counted and logged, and is no exception.</summary>
    public async ValueTask<(bool Answered, T? Value)> TryAsync<T>(Func<Task<T>> call)
    {
        if (!_breaker.TryEnter())
        {
            return default;
        }

        try
        {
            var value = await call().ConfigureAwait(false);
            Answered();
            return (true, value);
        }
        catch (Exception e) when (RedisLimitStore.FailureReason(e) is { } reason)
        {
            Failed(reason, e);
            return default;
        }
    }

    public RateLimitDecision DecideWithoutRedis(LimitRequest[] requests)
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _lastAnswer));
        if (Array.Exists(requests, request => RungOf(request, silence) == OutageBehavior.Closed))
        {
            return Refuse(requests, silence);
        }

        var instances = Instances;
        var counted = Array.ConvertAll(
            Array.FindAll(requests, request => RungOf(request, silence) == OutageBehavior.Local), request => request with { Rules = request.Rules.Share(instances), Wanted = request.Cost });
        var reply = local.Acquire(counted);
        var statuses = new RateLimitStatus[requests.Length];
        var next = 0;
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = RungOf(requests[i], silence) == OutageBehavior.Local
                ? Decisions.Status(counted[next], reply.Buckets[next++])
                : Decisions.Unknown(requests[i]);
        }

        return Decisions.From(reply.Acquired, statuses, isDegraded: true);
    }

    private void Answered()
    {
        Volatile.Write(ref _lastAnswer, time.GetTimestamp());
        if (_breaker.Succeeded())
        {
            Log.RedisRecovered(logger);
        }
    }

    private void Failed(string reason, Exception exception)
    {
        metrics.RedisFailed(reason);
        // While a slot of a cluster moves, calls of several of its keys fail and all others succeed.
        if (!exception.Message.StartsWith("TRYAGAIN", StringComparison.Ordinal) && _breaker.Failed())
        {
            Log.RedisUnavailable(logger, reason, OpenFor.TotalSeconds, exception);
        }
    }

    /// <summary>The rung of the ladder that a policy is on. One that only counts never refuses.</summary>
    private static OutageBehavior RungOf(in LimitRequest request, TimeSpan silence) =>
        silence < request.Policy.LocalShareFor ? OutageBehavior.Local
        : request.Policy is { IsShadow: true, Outage: OutageBehavior.Closed } ? OutageBehavior.Open
        : request.Policy.Outage;

    private RateLimitDecision Refuse(LimitRequest[] requests, TimeSpan silence)
    {
        // Before the breaker opens every call tries Redis; a client told "at once" would only add to the load.
        var retryAfter = _breaker.RetryAfter > TimeSpan.Zero ? _breaker.RetryAfter : OpenFor;
        return new()
        {
            Outcome = RateLimitOutcome.Unavailable,
            Policies = Array.ConvertAll(
                requests,
                request => Decisions.Unknown(request, RungOf(request, silence) == OutageBehavior.Closed ? retryAfter : null)),
            RetryAfter = retryAfter,
            IsDegraded = true,
        };
    }
}
