using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage;
using StratAI.Storage.AspNetCore;
using StratAI.Storage.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints that serve objects to whom the application lets.</summary>
public static class ObjectEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves objects by GET and HEAD: with ranges, conditional requests and all else that <see cref="StoredObjectResult"/> does, or by a
    /// redirect. Every request is decided by <paramref name="resolve"/>, which sees the caller and says what may be read.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The route. Of its parameters, <c>{**key}</c> is given to <paramref name="resolve"/>.</param>
    /// <param name="resolve">
    /// What the request may read; <see langword="null"/> is 404, also for what exists and is another's. The key is as it came with the URL,
    /// empty when the route has none.
    /// </param>
    /// <param name="configure">Sets how it is served.</param>
    /// <returns>The endpoint's conventions, for instance to require authorization.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime of URLs is not over 0 and at most 7 days.</exception>
    public static IEndpointConventionBuilder MapObjects(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        Func<HttpContext, string, ValueTask<ObjectAccess?>> resolve,
        Action<ObjectServingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(resolve);
        var options = new ObjectServingOptions();
        configure?.Invoke(options);
        SigningRules.Validate(options.UrlLifetime, new());
        var store = endpoints.ServiceProvider.GetRequiredKeyedService<IObjectStore>(options.ServiceKey);
        var signer = endpoints.ServiceProvider.GetRequiredKeyedService<IUrlSigner>(options.ServiceKey);
        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)ServeAsync);

        async Task ServeAsync(HttpContext context)
        {
            var access = await resolve(context, context.Request.RouteValues["key"] as string ?? "").ConfigureAwait(false);
            // A key that no store can have is as missing as one that it has not.
            await (access is null || !ObjectKey.IsValid(access.Key)
                ? StorageProblems.NotFoundAsync(context)
                : ResultOf(access, context).ExecuteAsync(context)).ConfigureAwait(false);
        }

        // A URL is signed for one method, and HEAD has no bytes to spare the application.
        IResult ResultOf(ObjectAccess access, HttpContext context) =>
            options.Delivery == ObjectDelivery.Redirect && HttpMethods.IsGet(context.Request.Method)
                ? new ObjectRedirectResult(signer, access.Key)
                {
                    FileName = access.FileName,
                    ContentType = access.ContentType,
                    Attachment = access.Attachment,
                    Lifetime = options.UrlLifetime,
                }
                : new StoredObjectResult(store, access.Key)
                {
                    FileName = access.FileName,
                    ContentType = access.ContentType,
                    Attachment = access.Attachment,
                    CacheControl = access.CacheControl,
                };
    }
}
