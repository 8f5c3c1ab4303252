using StratAI.Host.Errors;
using StratAI.Host.Hosting;
using StratAI.RateLimiting;

namespace StratAI.Host.Security;

internal static class LimitsSetup
{
    private const string ProblemTypes = "https://iana.org/assignments/http-problem-types#";

    /// <summary>The limits of the API, each from <c>Limits:{Name}</c>.</summary>
    public static void AddLimits(this WebApplicationBuilder builder, MasterKey master, string keyPrefix)
    {
        var limits = builder.Configuration.GetSection("Limits");
        builder.Services.AddStratAIRateLimiting(options =>
        {
            options.KeyPrefix = $"{keyPrefix}:ratelimit";
            options.RedisTimeout = limits.GetValue<TimeSpan?>("RedisTimeout") ?? options.RedisTimeout;
            options.OnRejected = (context, decision) => new(Reject(decision).ExecuteAsync(context));
            options.KeyHashSecret = Convert.ToBase64String(master.Derive("limit-keys"));
            options.AddPolicy("ip", Read("Ip", OutageBehavior.Open), RateLimitPartitions.ByIpAddress);
            options.AddPolicy("user", Read("User", OutageBehavior.Open), RateLimitPartitions.ByUser);
            options.AddPolicy("chat", Read("Chat", OutageBehavior.Closed), RateLimitPartitions.ByUser);
            options.AddPolicy("upload", Read("Upload", OutageBehavior.Open), RateLimitPartitions.ByUser);
        });

        RateLimitPolicy Read(string name, OutageBehavior outage) => new()
        {
            PermitLimit = limits.GetValue<long?>($"{name}:PermitLimit") ?? throw new StartupException($"Limits:{name}:PermitLimit must be set."),
            Window = limits.GetValue<TimeSpan?>($"{name}:Window") ?? throw new StartupException($"Limits:{name}:Window must be set."),
            Outage = outage,
        };
    }

    private static Problem Reject(RateLimitDecision decision)
    {
        var violated = decision.Policies.Where(policy => policy.Violated).Select(policy => policy.Policy).ToList();
        return decision.Outcome == RateLimitOutcome.Unavailable
            ? new(503, "temporary-reduced-capacity", "The limit on this request cannot be checked at the moment.") { Type = ProblemTypes + "temporary-reduced-capacity" }
            : new(429, "quota-exceeded", $"Too many requests: {string.Join(", ", violated)}. Retry-After says when there is room again.")
            {
                Type = ProblemTypes + "quota-exceeded", ViolatedPolicies = violated,
            };
    }
}
