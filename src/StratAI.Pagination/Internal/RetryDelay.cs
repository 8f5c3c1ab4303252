using System.Net;
using System.Net.Http.Headers;

namespace StratAI.Pagination.Internal;

/// <summary>How long a client waits before it asks again.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Scatter = TimeSpan.FromMilliseconds(100);

    /// <summary>The wait after a refusal; null when it is not one to wait for, or longer than <paramref name="maximum"/>.</summary>
    /// <param name="status">What the server answered.</param>
    /// <param name="asked">The wait that it asked for.</param>
    /// <param name="attempt">How often the page was asked for, from 1.</param>
    /// <param name="maximum">The longest wait.</param>
    public static TimeSpan? Of(HttpStatusCode status, TimeSpan? asked, int attempt, TimeSpan maximum)
    {
        if (status != HttpStatusCode.TooManyRequests && (status != HttpStatusCode.ServiceUnavailable || asked is null))
        {
            return null;
        }

        // Clients that were refused together must not come back together, and none may come back early.
        var share = 0.1 + (0.9 * Random.Shared.NextDouble());
        if (asked is { } wait)
        {
            return wait > maximum ? null : Ceiling(wait + (share * ((wait / 10) + Scatter)));
        }

        var backoff = TimeSpan.FromSeconds(Math.ScaleB(1, Math.Min(attempt - 1, 20)) * (1 + (share / 2)));
        return backoff < maximum ? backoff : maximum;
    }

    /// <summary>What <c>Retry-After</c> asks for (RFC 9110, section 10.2.3), seconds or a date; null when there is none to read.</summary>
    public static TimeSpan? Asked(HttpResponseMessage response, TimeProvider time)
    {
        TimeSpan? longest = null;
        if (response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            foreach (var value in values)
            {
                longest = Read(value.Trim(), response.Headers.Date, time) is { } asked && !(asked < longest) ? asked : longest;
            }
        }

        return longest;
    }

    private static TimeSpan? Read(string value, DateTimeOffset? answered, TimeProvider time)
    {
        if (value.Length > 0 && value.All(char.IsAsciiDigit))
        {
            // Of any size: read as "no header", a wait of centuries would become one of a second.
            return int.TryParse(value, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }

        if (!RetryConditionHeaderValue.TryParse(value, out var condition) || condition.Date is not { } date)
        {
            return null;
        }

        // By the clock that wrote the date, where the answer tells it: ours may be ahead.
        var wait = date - (answered ?? time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    // Timers cut fractions of a millisecond off, which would be early.
    private static TimeSpan Ceiling(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
