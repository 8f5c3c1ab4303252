using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>One <c>WithLimitCost</c> on an endpoint or group.</summary>
internal sealed record LimitCost(string Policy, Func<HttpContext, long> Cost);
