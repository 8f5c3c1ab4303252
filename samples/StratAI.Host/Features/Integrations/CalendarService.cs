using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using StratAI.Host.Errors;

namespace StratAI.Host.Features.Integrations;

/// <summary>The calendar service: <c>GET {BaseUrl}/events?from&amp;to</c> → <c>{ "events": [ { id, title, startsAt, endsAt, location? } ] }</c>.</summary>
internal sealed partial class CalendarService(
    IHttpClientFactory clients, CalendarTokens tokens, TokenStore store, IOptions<CalendarOptions> options, ILogger<CalendarService> logger)
{
    public const string Client = "integrations-calendar";

    private const int MaximumEvents = 2_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    public async Task<(IReadOnlyList<CalendarEvent>? Events, Problem? Problem)> EventsAsync(
        string userId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        if (!options.Value.IsConfigured)
        {
            return (null, IntegrationProblems.NotConfigured());
        }

        var (token, problem) = await tokens.GetAsync(userId, cancellation);
        for (var renewed = false; problem is null; renewed = true)
        {
            var (events, refused, failure) = await AskAsync(token!, from, to, cancellation);
            if (!refused)
            {
                return (events, failure);
            }

            if (renewed)
            {
                // A token fresh from its endpoint is refused too: refreshing once more would be no better, on this request and on every later one.
                LogRefused(token!.IntegrationId);
                await store.RefuseAsync(userId, token.IntegrationId, token.Version);
                return (null, IntegrationProblems.ToReconnect());
            }

            (token, problem) = await tokens.RefreshAsync(token!, cancellation);
        }

        return (null, problem);
    }

    private async Task<(IReadOnlyList<CalendarEvent>? Events, bool Refused, Problem? Problem)> AskAsync(
        AccessToken token, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(from, to));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                return (null, true, null);
            }

            if (response.StatusCode == HttpStatusCode.OK
                && JsonSerializer.Deserialize<CalendarAnswer>(await response.Content.ReadAsByteArrayAsync(cancellation), Json) is { Events.Count: <= MaximumEvents } answer
                && answer.Events.All(item => item is not null))
            {
                return ([.. answer.Events.Select(item => item.Normalised())], false, null);
            }

            LogUnexpected((int)response.StatusCode);
            return (null, false, IntegrationProblems.NotAnswering(response.Headers.RetryAfter?.Delta ?? options.Value.RetryAfter));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or ExecutionRejectedException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogFailed(exception);
            return (null, false, IntegrationProblems.NotAnswering(options.Value.RetryAfter));
        }
    }

    private Uri Address(DateTimeOffset from, DateTimeOffset to)
    {
        return new($"{options.Value.BaseUrl!.AbsoluteUri.TrimEnd('/')}/events?from={Text(from)}&to={Text(to)}");

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }

    [LoggerMessage(1, LogLevel.Warning, "The calendar service refuses new access tokens of integration {Id}: it is to be connected anew.")]
    private partial void LogRefused(Guid id);

    [LoggerMessage(2, LogLevel.Warning, "The calendar service answered with status {Status}, or with what are no events.")]
    private partial void LogUnexpected(int status);

    [LoggerMessage(3, LogLevel.Warning, "The calendar service does not answer, or not as it should.")]
    private partial void LogFailed(Exception exception);

    private sealed record CalendarAnswer
    {
        public required IReadOnlyList<CalendarEvent> Events { get; init; }
    }
}
