using Microsoft.AspNetCore.Http;

namespace StratAI.Caching.AspNetCore;

internal sealed class CacheControlMiddleware(RequestDelegate next, string? defaultValue)
{
    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment: an exception handler clears the headers and sets some of its own, and only then is the status known.
        context.Response.OnStarting(
            static state =>
            {
                var (context, defaultValue) = ((HttpContext, string?))state;
                Apply(context, defaultValue);
                return Task.CompletedTask;
            },
            (context, defaultValue));
        return next(context);
    }

    private static void Apply(HttpContext context, string? defaultValue)
    {
        var headers = context.Response.Headers;
        switch (context.Response.StatusCode)
        {
            case >= 400:
                headers.CacheControl = "no-store";
                headers.Remove("Expires");
                headers.Remove("Pragma");
                break;
            case (>= 200 and < 300) or StatusCodes.Status304NotModified when headers.CacheControl.Count == 0:
                if (context.GetEndpoint() is { } endpoint
                    && (endpoint.Metadata.GetMetadata<CacheControlMetadata>()?.Value ?? defaultValue) is { } value)
                {
                    headers.CacheControl = value;
                }

                break;
        }
    }
}
