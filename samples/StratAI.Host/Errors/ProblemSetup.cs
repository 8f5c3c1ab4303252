using System.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace StratAI.Host.Errors;

/// <summary>Every error, whoever raises it, leaves as a problem document that is never stored by a cache.</summary>
internal static class ProblemSetup
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddExceptionHandler<ExceptionToProblem>()
        // Outside Development too, a body that does not bind is explained, not answered with an empty 400.
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .AddProblemDetails(options => options.CustomizeProblemDetails = Complete);

    /// <summary>Also gives a body to what the framework answers by a bare status: 401, 404, 405, 415.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        // What is worth a log line is logged where it is turned into a problem; the middleware would log bad requests as the server's errors.
        .UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true })
        .UseStatusCodePages(context => new Problem(context.HttpContext.Response.StatusCode, CodeOf(context.HttpContext.Response.StatusCode), DetailOf(context.HttpContext))
            .ExecuteAsync(context.HttpContext));

    private static void Complete(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        var code = details.Extensions.TryGetValue("code", out var known) ? (string)known! : CodeOf(details.Status ?? 500);
        details.Extensions["code"] = code;
        if (details.Type is null || details.Type.StartsWith("https://tools.ietf.org/", StringComparison.Ordinal))
        {
            // What the framework puts there for the status alone.
            details.Type = Problem.TypeOf(code);
        }

        details.Detail ??= details.Title;
        details.Title = ReasonPhrases.GetReasonPhrase(details.Status ?? 500);
        details.Instance = context.HttpContext.Request.Path;
        details.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;

        context.HttpContext.Response.Headers.Remove(HeaderNames.ETag);
    }

    private static string CodeOf(int status) => status switch
    {
        400 => "bad-request",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        412 => "precondition-failed",
        413 => "too-large",
        415 => "unsupported-media-type",
        428 => "precondition-required",
        429 => "quota-exceeded",
        503 => "unavailable",
        >= 500 => "internal-error",
        _ => "request-failed",
    };

    private static string DetailOf(HttpContext context) => context.Response.StatusCode switch
    {
        401 => "A valid access token is needed: Authorization: Bearer <token>.",
        404 => Problem.NotFound().Detail,
        412 => Problem.PreconditionFailed().Detail,
        413 => "The request body is larger than this endpoint takes.",
        405 => $"{context.Request.Method} is not offered here; see the Allow header.",
        415 => "The request's Content-Type is not one this endpoint takes.",
        var status => $"The request was answered with {ReasonPhrases.GetReasonPhrase(status)}.",
    };
}
