using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace StratAI.RateLimiting.AspNetCore.Administration;

/// <summary>The endpoints that operators call.</summary>
internal static class AdministrationEndpoints
{
    private const int DefaultBuckets = 100;
    private const int MaxBuckets = 1000;

    public static Task PoliciesAsync(HttpContext context)
    {
        var policies = Of(context).Policies.Select(entry => PolicyView.Of(entry.Key, entry.Value)).OrderBy(view => view.Name, StringComparer.Ordinal);
        var isDistributed = context.RequestServices.GetRequiredService<IRateLimiters>().IsDistributed;
        return AnswerAsync(context, new PoliciesAnswer(isDistributed, [.. policies]), AdministrationJson.Default.PoliciesAnswer);
    }

    public static async Task BucketsAsync(HttpContext context)
    {
        if (!TryFind(context, out var name, out _))
        {
            await UnknownAsync(context).ConfigureAwait(false);
            return;
        }

        if (LimitOf(context) is not { } limit)
        {
            await ProblemAsync(context, StatusCodes.Status400BadRequest, $"The limit must be from 1 to {MaxBuckets}.").ConfigureAwait(false);
            return;
        }

        var found = new List<BucketEntry>();
        try
        {
            await foreach (var bucket in Of(context).ListAsync(name, context.RequestAborted).ConfigureAwait(false))
            {
                found.Add(BucketEntry.Of(bucket));
                if (found.Count > limit)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            await UnavailableAsync(context).ConfigureAwait(false);
            return;
        }

        await AnswerAsync(context, new([.. found.Take(limit)], found.Count > limit), AdministrationJson.Default.BucketsAnswer).ConfigureAwait(false);
    }

    public static async Task PeekAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not var (name, policy, question, key))
        {
            return;
        }

        if (IsExempt(policy, key, question.Plan))
        {
            await AnswerAsync(context, new(IsExempt: true), AdministrationJson.Default.PeekAnswer).ConfigureAwait(false);
            return;
        }

        var status = await Of(context).PeekAsync(name, key, question.Plan, question.Group, context.RequestAborted).ConfigureAwait(false);
        await (status is null
            ? UnavailableAsync(context)
            : AnswerAsync(
                context, new(IsExempt: false, status.Limit, status.Window, status.Remaining, status.ResetAfter), AdministrationJson.Default.PeekAnswer))
            .ConfigureAwait(false);
    }

    public static async Task ResetAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not var (name, _, question, key))
        {
            return;
        }

        var wasInUse = await Of(context).ResetAsync(name, key, question.Group, context.RequestAborted).ConfigureAwait(false);
        await (wasInUse is { } known
            ? AnswerAsync(context, new(known), AdministrationJson.Default.ResetAnswer)
            : UnavailableAsync(context)).ConfigureAwait(false);
    }

    private static IRateLimitAdministration Of(HttpContext context) => context.RequestServices.GetRequiredService<IRateLimitAdministration>();

    private static bool TryFind(HttpContext context, out string name, out RateLimitPolicy policy)
    {
        name = (string)context.GetRouteValue("policy")!;
        return Of(context).Policies.TryGetValue(name, out policy!);
    }

    private static int? LimitOf(HttpContext context) =>
        context.Request.Query["limit"] is not [var text] ? DefaultBuckets
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxBuckets ? limit
        : null;

    /// <returns><see langword="null"/> when the request was answered, as it asks for nothing that there is.</returns>
    private static async ValueTask<(string Name, RateLimitPolicy Policy, BucketQuestion Question, string Key)?> ReadAsync(HttpContext context)
    {
        if (!TryFind(context, out var name, out var policy))
        {
            await UnknownAsync(context).ConfigureAwait(false);
            return null;
        }

        if (!context.Request.HasJsonContentType())
        {
            await ProblemAsync(context, StatusCodes.Status415UnsupportedMediaType, "The body must be JSON.").ConfigureAwait(false);
            return null;
        }

        try
        {
            var question = await context.Request.ReadFromJsonAsync(AdministrationJson.Default.BucketQuestion, context.RequestAborted).ConfigureAwait(false);
            if (question is { Key: { Length: > 0 } key })
            {
                return (name, policy, question, key);
            }
        }
        catch (JsonException)
        {
            // Answered below. What the reader says may repeat the key.
        }

        await ProblemAsync(context, StatusCodes.Status400BadRequest, "The body must be an object with a key that is a text, and not empty.").ConfigureAwait(false);
        return null;
    }

    private static bool IsExempt(RateLimitPolicy policy, string key, string? plan) =>
        policy.Overrides.TryGetValue(key, out var found) ? found.Exempt
        : plan is not null && policy.Plans.TryGetValue(plan, out found) && found.Exempt;

    private static Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(answer, type, contentType: null, context.RequestAborted);
    }

    private static Task UnknownAsync(HttpContext context) =>
        ProblemAsync(context, StatusCodes.Status404NotFound, "There is no policy of that name.");

    private static Task UnavailableAsync(HttpContext context) =>
        ProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "Redis gives no answer.");

    private static Task ProblemAsync(HttpContext context, int status, string detail) => TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
}
