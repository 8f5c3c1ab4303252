namespace StratAI.RateLimiting;

/// <summary>Names of the package's telemetry. No tag or log line ever carries a key.</summary>
public static class RateLimitingDiagnostics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "StratAI.RateLimiting";

    /// <summary>The activity source's name.</summary>
    public const string ActivitySourceName = "StratAI.RateLimiting";

    /// <summary>
    /// Counter <c>{check}</c>: one per policy and decision. Tags <see cref="PolicyTag"/>, <see cref="OutcomeTag"/> (<c>acquired</c>; <c>rejected</c>: this
    /// policy refused; <c>withheld</c>: it would have admitted but another refused; <c>unavailable</c>) and <see cref="SourceTag"/>.
    /// </summary>
    public const string Checks = "stratai.rate_limiting.checks";

    /// <summary>
    /// Histogram, seconds: the time of a decision, whatever the number of policies. Tags <see cref="OutcomeTag"/> (<c>acquired</c>, <c>rejected</c>,
    /// <c>unavailable</c>) and <see cref="SourceTag"/>.
    /// </summary>
    public const string Duration = "stratai.rate_limiting.decision.duration";

    /// <summary>Counter <c>{failure}</c>: calls to Redis that gave no answer. Tag <see cref="ReasonTag"/>: <c>timeout</c>, <c>connection</c> or <c>error</c>.</summary>
    public const string RedisFailures = "stratai.rate_limiting.redis.failures";

    /// <summary>Tag: the policy's name.</summary>
    public const string PolicyTag = "policy";

    /// <summary>Tag: how it ended.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Tag: what decided: <c>embedded</c>, <c>redis</c>, or <c>outage</c> when Redis is configured and could not be asked.</summary>
    public const string SourceTag = "source";

    /// <summary>Tag: why Redis gave no answer.</summary>
    public const string ReasonTag = "reason";
}
