using Microsoft.Extensions.Logging;
using StratAI.RateLimiting.Redis;
using StratAI.Shared;

namespace StratAI.RateLimiting.Internal;

/// <summary>Decides by Redis and, while Redis gives no answer, by each policy's outage behaviour.</summary>
internal sealed class DistributedLimiter(
    RedisLimitStore redis, EmbeddedLimitStore local, TimeProvider time, RateLimitingMetrics metrics, ILogger logger)
{
    private const int FailureThreshold = 5;
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(1);

    private readonly CircuitBreaker _breaker = new(FailureThreshold, OpenFor, time);

    public async ValueTask<RateLimitDecision> AcquireAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        if (_breaker.TryEnter())
        {
            try
            {
                var reply = await redis.AcquireAsync(requests, cancellationToken).ConfigureAwait(false);
                if (_breaker.Succeeded())
                {
                    Log.RedisRecovered(logger);
                }

                return Decisions.From(requests, reply);
            }
            catch (Exception e) when (RedisLimitStore.FailureReason(e) is { } reason)
            {
                metrics.RedisFailed(reason);
                if (_breaker.Failed())
                {
                    Log.RedisUnavailable(logger, reason, OpenFor.TotalSeconds, e);
                }
            }
        }

        return DecideWithoutRedis(requests);
    }

    private RateLimitDecision DecideWithoutRedis(LimitRequest[] requests)
    {
        if (Array.Exists(requests, request => request.Policy.Outage == OutageBehavior.Closed))
        {
            return Refuse(requests);
        }

        var counted = Array.FindAll(requests, request => request.Policy.Outage == OutageBehavior.Local);
        var decision = Decisions.From(counted, local.Acquire(counted), isDegraded: true);
        if (counted.Length == requests.Length)
        {
            return decision;
        }

        var statuses = new RateLimitStatus[requests.Length];
        var next = 0;
        for (var i = 0; i < requests.Length; i++)
        {
            var policy = requests[i].Policy;
            statuses[i] = policy.Outage == OutageBehavior.Local ? decision.Policies[next++] : Decisions.Unknown(policy);
        }

        return new() { Outcome = decision.Outcome, Policies = statuses, RetryAfter = decision.RetryAfter, IsDegraded = true };
    }

    private RateLimitDecision Refuse(LimitRequest[] requests)
    {
        // Before the breaker opens every call tries Redis; a client told "at once" would only add to the load.
        var retryAfter = _breaker.RetryAfter > TimeSpan.Zero ? _breaker.RetryAfter : OpenFor;
        return new()
        {
            Outcome = RateLimitOutcome.Unavailable,
            Policies = Array.ConvertAll(
                requests,
                request => Decisions.Unknown(request.Policy, request.Policy.Outage == OutageBehavior.Closed ? retryAfter : null)),
            RetryAfter = retryAfter,
            IsDegraded = true,
        };
    }
}
