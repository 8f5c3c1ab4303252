using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace StratAI.Host.Features.Integrations;

internal static class IntegrationSetup
{
    private const int MaximumTokenAnswerBytes = 64 * 1024;
    private const int MaximumCalendarAnswerBytes = 4 * 1024 * 1024;
    private const int Repetitions = 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestAskedPause = TimeSpan.FromSeconds(1);

    public static void AddIntegrations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CalendarOptions>, CalendarOptionsValidator>();
        services.AddOptions<CalendarOptions>().BindConfiguration(CalendarOptions.Section).ValidateOnStart();
        services.AddSingleton<TokenCipher>();
        services.AddSingleton<IntegrationStore>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<TokenRefresh>();
        services.AddSingleton<CalendarTokens>();
        services.AddSingleton<CalendarService>();

        // A connection of its own for each refresh: one from a pool may be closed by the server just as the request is under way, and nobody can say then whether it was read.
        AddClient(services, TokenEndpoint.Client, MaximumTokenAnswerBytes, TimeSpan.Zero)
            .AddResilienceHandler("token", (pipeline, _) => pipeline.AddRetry(Retry(WasNotLookedAt)));
        AddClient(services, CalendarService.Client, MaximumCalendarAnswerBytes, TimeSpan.FromMinutes(2))
            .AddResilienceHandler("calendar", (pipeline, context) => pipeline
                .AddRetry(Retry(MayBeAskedAgain))
                .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions())
                .AddTimeout(context.ServiceProvider.GetRequiredService<IOptions<CalendarOptions>>().Value.Timeout / 2));
    }

    private static IHttpClientBuilder AddClient(IServiceCollection services, string name, int maximumBytes, TimeSpan connectionLifetime) => services
        .AddHttpClient(name)
        .ConfigureHttpClient((provider, client) =>
        {
            client.Timeout = provider.GetRequiredService<IOptions<CalendarOptions>>().Value.Timeout;
            client.MaxResponseContentBufferSize = maximumBytes;
        })
        // Tokens go to the configured address and to no other, wherever it points.
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = connectionLifetime, ConnectTimeout = TimeSpan.FromSeconds(3),
        })
        .RedactLoggedHeaders(_ => true);

    private static HttpRetryStrategyOptions Retry(Func<Outcome<HttpResponseMessage>, bool> handles) => new()
    {
        MaxRetryAttempts = Repetitions,
        Delay = FirstPause,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = arguments => ValueTask.FromResult(handles(arguments.Outcome)),
    };

    /// <summary>
    /// Where a refresh token was certainly not spent: no connection came about, or the endpoint says that it did nothing. After any other failure it may
    /// have been, and asking again at once could make a replay of it, for which providers revoke all of a user's tokens.
    /// </summary>
    private static bool WasNotLookedAt(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        }
        || (outcome.Result is { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests } response && IsSoon(response));

    /// <summary>A reading request, which does no harm twice.</summary>
    private static bool MayBeAskedAgain(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException
        || (outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } response && IsSoon(response));

    // Whoever asks for a longer pause is not asked again by this request, and its client is told.
    private static bool IsSoon(HttpResponseMessage response) => response.Headers.RetryAfter is not { Delta: var delta } || delta <= LongestAskedPause;
}
