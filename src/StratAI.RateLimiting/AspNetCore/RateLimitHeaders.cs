using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>The fields of draft-ietf-httpapi-ratelimit-headers-11: lists of strings with parameters (RFC 9651).</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, IReadOnlyList<RateLimitStatus> statuses)
    {
        var policies = new StringBuilder();
        var limits = new StringBuilder();
        foreach (var status in statuses)
        {
            Separate(policies).Append(CultureInfo.InvariantCulture, $"\"{status.Policy}\";q={status.Limit}");
            if (status.Window.Ticks % TimeSpan.TicksPerSecond == 0)
            {
                // The draft knows whole seconds alone; a window it cannot say is left out, not rounded to another limit.
                policies.Append(CultureInfo.InvariantCulture, $";w={status.Window.Ticks / TimeSpan.TicksPerSecond}");
            }

            if (status.Remaining is { } remaining)
            {
                // Of a policy that refused, the window ends when it would admit: Retry-After must not lie before its end (section 6).
                var seconds = WholeSeconds(status.RetryAfter ?? status.ResetAfter);
                Separate(limits).Append(CultureInfo.InvariantCulture, $"\"{status.Policy}\";r={remaining};t={seconds}");
            }
        }

        Set(headers, "RateLimit-Policy", policies);
        Set(headers, "RateLimit", limits);
    }

    /// <summary>Rounded up: a client that waits so long is never early.</summary>
    public static long WholeSeconds(TimeSpan time) => (time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    private static StringBuilder Separate(StringBuilder list) => list.Length == 0 ? list : list.Append(", ");

    private static void Set(IHeaderDictionary headers, string name, StringBuilder value)
    {
        if (value.Length > 0)
        {
            headers[name] = value.ToString();
        }
    }
}
