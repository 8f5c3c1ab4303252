using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>The fields of draft-ietf-httpapi-ratelimit-headers-11: lists of strings with parameters (RFC 9651).</summary>
internal static class RateLimitHeaders
{
    /// <summary>What others hold can come back at any moment; a client that asked at once would only add to the load.</summary>
    private static readonly TimeSpan HintForHeld = TimeSpan.FromSeconds(1);

    public static void Write(IHeaderDictionary headers, IReadOnlyList<RateLimitStatus> statuses)
    {
        // On every answer: one text each is all that is allocated.
        var policies = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        var limits = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        for (var i = 0; i < statuses.Count; i++)
        {
            // A client must not slow down for what is not enforced, nor the operator then measure a client that did.
            if (!statuses[i].IsShadow)
            {
                WritePolicy(ref policies, statuses[i]);
                WriteLimit(ref limits, statuses[i]);
            }
        }

        Set(headers, "RateLimit-Policy", ref policies);
        Set(headers, "RateLimit", ref limits);
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

    private static void WritePolicy(ref DefaultInterpolatedStringHandler list, RateLimitStatus status)
    {
        Begin(ref list, status, ";q=", status.Limit);
        if (UnitOf(status.Algorithm) is { } unit)
        {
            list.AppendLiteral(";qu=\"");
            list.AppendLiteral(unit);
            list.AppendLiteral("\"");
        }

        if (status.Window > TimeSpan.Zero && status.Window.Ticks % TimeSpan.TicksPerSecond == 0)
        {
            // The draft knows whole seconds alone; a window it cannot say is left out, not rounded to another limit.
            list.AppendLiteral(";w=");
            list.AppendFormatted(status.Window.Ticks / TimeSpan.TicksPerSecond);
        }
    }

    private static void WriteLimit(ref DefaultInterpolatedStringHandler list, RateLimitStatus status)
    {
        if (status.Remaining is not { } remaining)
        {
            return;
        }

        Begin(ref list, status, ";r=", remaining);
        if (!HangsOnOthers(status, remaining))
        {
            // Of a policy that refused, the window ends when it would admit: Retry-After must not lie before its end (section 6).
            list.AppendLiteral(";t=");
            list.AppendFormatted(WholeSeconds(status.RetryAfter ?? status.ResetAfter));
        }
    }

    private static void Begin(ref DefaultInterpolatedStringHandler list, RateLimitStatus status, string parameter, long value)
    {
        list.AppendLiteral(list.Text.IsEmpty ? "\"" : ", \"");
        list.AppendLiteral(status.Policy);
        list.AppendLiteral("\"");
        list.AppendLiteral(parameter);
        list.AppendFormatted(value);
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

    private static void Set(IHeaderDictionary headers, string name, ref DefaultInterpolatedStringHandler value)
    {
        if (!value.Text.IsEmpty)
        {
            headers[name] = value.ToStringAndClear();
        }
    }
}
