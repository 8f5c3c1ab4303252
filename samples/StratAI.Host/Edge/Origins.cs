using Microsoft.Net.Http.Headers;
using StratAI.Host.Hosting;

namespace StratAI.Host.Edge;

/// <summary>
/// Which web pages of other origins may call the API: those of <c>Cors:Origins</c>, and none when it is empty. Credentials of the browser are never let
/// through, as a token is what the page sends itself.
/// </summary>
internal static class Origins
{
    private const string Setting = "Cors:Origins";

    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromHours(1);

    private static readonly string[] Asked =
    [
        HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, HeaderNames.IfModifiedSince, HeaderNames.Range,
        "Idempotency-Key", "Last-Event-ID", "X-Request-Id", HeaderNames.TraceParent, HeaderNames.TraceState,
    ];

    private static readonly string[] Answered =
    [
        HeaderNames.ETag, HeaderNames.Location, HeaderNames.Link, HeaderNames.RetryAfter, HeaderNames.ContentDisposition, HeaderNames.ContentRange, HeaderNames.AcceptRanges,
        HeaderNames.WWWAuthenticate, "RateLimit", "RateLimit-Policy", "Idempotency-Replayed", "X-Request-Id", "X-Instance-Id",
    ];

    public static bool HasOrigins(this IConfiguration configuration) => configuration.GetList(Setting).Length > 0;

    /// <exception cref="StartupException">What is listed is no origin.</exception>
    public static void AddOrigins(this WebApplicationBuilder builder)
    {
        var origins = builder.Configuration.GetList(Setting);
        if (Array.Find(origins, origin => !IsOrigin(origin)) is { } wrong)
        {
            throw new StartupException($"{Setting} has '{wrong}', which is no origin such as https://app.example.com: without a path, and https unless it is loopback.");
        }

        builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders(Asked)
            .WithExposedHeaders(Answered)
            .SetPreflightMaxAge(PreflightLifetime)));
    }

    /// <summary>Behind routing, before limits and authentication: a preflight has no token, and asks for nothing.</summary>
    public static void UseOrigins(this WebApplication app)
    {
        if (app.Configuration.HasOrigins())
        {
            app.UseCors();
        }
    }

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
