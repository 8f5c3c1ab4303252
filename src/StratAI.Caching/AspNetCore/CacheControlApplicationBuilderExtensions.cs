using StratAI.Caching.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the middleware that sets <c>Cache-Control</c>.</summary>
public static class CacheControlApplicationBuilderExtensions
{
    /// <summary>
    /// Sets <c>Cache-Control</c> at the moment an answer starts: what the endpoint's <c>WithCacheControl</c> says on its successful answers, unless
    /// the endpoint set the header, and <c>no-store</c>, in place of whatever was set, on every answer from 400 up, whoever made it.
    /// Belongs before everything else, exception handlers included: what is added first has the last word.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="defaultValue">
    /// The header of successful answers of endpoints that neither have <c>WithCacheControl</c> nor set it; default <see langword="null"/>: none.
    /// What no endpoint answers, such as a static file, is left alone unless it is an error.
    /// </param>
    /// <exception cref="ArgumentException">The default cannot be read, or contradicts itself.</exception>
    public static IApplicationBuilder UseCacheControl(this IApplicationBuilder app, string? defaultValue = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (defaultValue is not null)
        {
            CacheControlValue.Check(defaultValue, nameof(defaultValue));
        }

        return app.Use(next => new CacheControlMiddleware(next, defaultValue).InvokeAsync);
    }
}
