using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>The fields of draft-ietf-httpapi-ratelimit-headers-11: lists of strings with parameters (RFC 9651).</summary>
internal static class RateLimitHeaders
{
    /// <summary>What others hold can come back at any moment; a client that asked at once would only add to the load.</summary>
    private static readonly TimeSpan HintForHeld = TimeSpan.FromSeconds(1);

    public static void Write(IHeaderDictionary headers, IReadOnlyList<RateLimitStatus> statuses)
    {
        var policies = new StringBuilder();
        var limits = new StringBuilder();
        foreach (var status in statuses)
        {
            // A client must not slow down for what is not enforced, nor the operator then measure a client that did.
            if (!status.IsShadow)
            {
                WritePolicy(Separate(policies), status);
                WriteLimit(limits, status);
            }
        }

        Set(headers, "RateLimit-Policy", policies);
        Set(headers, "RateLimit", limits);
    }

    /// <summary>The value of <c>Retry-After</c>; none when waiting does not help.</summary>
    public static long? RetryAfterSeconds(RateLimitDecision decision)
    {
        if (decision.RetryAfter is { } known)
        {
            return WholeSeconds(known);
        }

        var hint = HintForHeld;
        foreach (var status in decision.Policies)
        {
            if (status is { Violated: true, IsShadow: false })
            {
                if (status.IsNever)
                {
                    return null;
                }

                hint = status.RetryAfter > hint ? status.RetryAfter.Value : hint;
            }
        }

        return WholeSeconds(hint);
    }

    private static void WritePolicy(StringBuilder policies, RateLimitStatus status)
    {
        policies.Append(CultureInfo.InvariantCulture, $"\"{status.Policy}\";q={status.Limit}");
        if (UnitOf(status.Algorithm) is { } unit)
        {
            policies.Append(CultureInfo.InvariantCulture, $";qu=\"{unit}\"");
        }

        if (status.Window > TimeSpan.Zero && status.Window.Ticks % TimeSpan.TicksPerSecond == 0)
        {
            // The draft knows whole seconds alone; a window it cannot say is left out, not rounded to another limit.
            policies.Append(CultureInfo.InvariantCulture, $";w={status.Window.Ticks / TimeSpan.TicksPerSecond}");
        }
    }

    private static void WriteLimit(StringBuilder limits, RateLimitStatus status)
    {
        if (status.Remaining is not { } remaining)
        {
            return;
        }

        Separate(limits).Append(CultureInfo.InvariantCulture, $"\"{status.Policy}\";r={remaining}");
        if (!HangsOnOthers(status, remaining))
        {
            // Of a policy that refused, the window ends when it would admit: Retry-After must not lie before its end (section 6).
            limits.Append(CultureInfo.InvariantCulture, $";t={WholeSeconds(status.RetryAfter ?? status.ResetAfter)}");
        }
    }

    /// <summary>
    /// None for requests, which is the default. The draft registers no unit for what a budget counts, but without one its numbers would be read as requests.
    /// </summary>
    private static string? UnitOf(RateLimitAlgorithm algorithm) => algorithm switch
    {
        RateLimitAlgorithm.Concurrency => "concurrent-requests",
        RateLimitAlgorithm.Budget or RateLimitAlgorithm.SlidingBudget => "tokens",
        _ => null,
    };

    /// <summary>Whether what is missing comes back when its holders give it back, and nobody knows when.</summary>
    private static bool HangsOnOthers(RateLimitStatus status, long remaining) =>
        status.Algorithm == RateLimitAlgorithm.Concurrency
        || status is { Violated: true, IsNever: false, RetryAfter: null }
        || (remaining < status.Limit && status is { ResetAfter.Ticks: 0, RetryAfter: null });

    /// <summary>Rounded up: a client that waits so long is never early.</summary>
    private static long WholeSeconds(TimeSpan time) => (time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    private static StringBuilder Separate(StringBuilder list) => list.Length == 0 ? list : list.Append(", ");

    private static void Set(IHeaderDictionary headers, string name, StringBuilder value)
    {
        if (value.Length > 0)
        {
            headers[name] = value.ToString();
        }
    }
}
