using Microsoft.Net.Http.Headers;
using StratAI.Caching.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says how long, and by whom, the answers of endpoints may be kept.</summary>
public static class CacheControlEndpointConventionBuilderExtensions
{
    /// <summary>
    /// The <c>Cache-Control</c> of the successful answers (2xx and 304) of an endpoint, or of a whole group, that set none themselves. What is said
    /// further inside wins. Needs <see cref="CacheControlApplicationBuilderExtensions.UseCacheControl"/>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="value">The header's value as it is sent, such as <c>private, max-age=60</c> or <c>no-store</c> (RFC 9111, section 5.2).</param>
    /// <exception cref="ArgumentException">The value cannot be read, or is public and at the same time private or not to be stored.</exception>
    public static TBuilder WithCacheControl<TBuilder>(this TBuilder builder, string value)
        where TBuilder : IEndpointConventionBuilder
    {
        var metadata = new CacheControlMetadata(CacheControlValue.Check(value, nameof(value)));
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }

    /// <inheritdoc cref="WithCacheControl{TBuilder}(TBuilder, string)"/>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="value">The header's value; later changes to it have no effect.</param>
    public static TBuilder WithCacheControl<TBuilder>(this TBuilder builder, CacheControlHeaderValue value)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithCacheControl(value.ToString());
    }
}
