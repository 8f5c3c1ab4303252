using StratAI.Host.Hosting;
using StratAI.RateLimiting;

namespace StratAI.Host.Security;

internal static class LimitsSetup
{
    /// <summary>
    /// The limits of the API, from section <c>Limits</c> in the form of <see cref="RateLimitingOptions"/>. Policies change with it while the host runs;
    /// whom they count for is said here.
    /// </summary>
    public static void AddLimits(this WebApplicationBuilder builder, MasterKey master, string keyPrefix) => builder.Services
        .AddStratAIRateLimiting(options =>
        {
            options.KeyPrefix = $"{keyPrefix}:ratelimit";
            options.KeyHashSecret = Convert.ToBase64String(master.Derive("limit-keys"));
            options.OnRejected = (context, decision) => new(LimitProblems.Of(decision).ExecuteAsync(context));
            options.Partition(LimitPolicies.Ip, RateLimitPartitions.ByIpAddress);
            options.Partition(LimitPolicies.User, RateLimitPartitions.ByUser);
            options.Partition(LimitPolicies.Upload, RateLimitPartitions.ByUser);
            options.Partition(LimitPolicies.Chat, RateLimitPartitions.ByUser);
            options.Partition(LimitPolicies.ChatConcurrency, RateLimitPartitions.ByUser);
            options.Partition(LimitPolicies.Tokens, RateLimitPartitions.ByUser);
        })
        .BindConfiguration(builder.Configuration.GetSection("Limits"));
}
