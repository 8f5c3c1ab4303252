using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>The answer to a refused request.</summary>
internal static class Rejection
{
    private const string Types = "https://iana.org/assignments/http-problem-types#";

    public static async Task WriteAsync(
        HttpContext context, RateLimitDecision decision, Func<HttpContext, RateLimitDecision, ValueTask>? onRejected)
    {
        var response = context.Response;
        response.StatusCode = decision.Outcome == RateLimitOutcome.Unavailable
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status429TooManyRequests;
        response.Headers.CacheControl = "no-store";
        if (RateLimitHeaders.RetryAfterSeconds(decision) is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (onRejected is not null)
        {
            await onRejected(context, decision).ConfigureAwait(false);
            return;
        }

        response.ContentType = "application/problem+json";
        WriteProblem(response, decision);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void WriteProblem(HttpResponse response, RateLimitDecision decision)
    {
        var (type, title) = decision.Outcome == RateLimitOutcome.Unavailable
            ? ("temporary-reduced-capacity", "The request cannot be served at the moment: capacity is temporarily reduced.")
            : ("quota-exceeded", "The request cannot be served: its quota is exceeded.");

        using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", Types + type);
        json.WriteString("title", title);
        json.WriteNumber("status", response.StatusCode);
        json.WriteStartArray("violated-policies");
        foreach (var status in decision.Policies)
        {
            if (status is { Violated: true, IsShadow: false })
            {
                json.WriteStringValue(status.Policy);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
