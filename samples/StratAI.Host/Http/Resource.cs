using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace StratAI.Host.Http;

/// <summary>
/// One resource as JSON with a strong ETag: the hash of the very bytes sent, so that it changes exactly when they do. A GET whose If-None-Match
/// names it is answered 304 (RFC 9110 §13).
/// </summary>
internal sealed class Resource<T>(T value) : IResult, IEndpointMetadataProvider
{
    public string CacheControl { get; init; } = "private, no-cache";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options);
        var etag = ETags.Of(body);
        httpContext.Response.Headers.ETag = etag.ToString();
        httpContext.Response.Headers.CacheControl = CacheControl;
        if (HttpMethods.IsGet(httpContext.Request.Method) && ETags.Matches(httpContext.Request.Headers.IfNoneMatch, etag, strong: false))
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;
        return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>A resource just made: 201 with its place and the ETag that the next GET answers.</summary>
internal sealed class CreatedResource<T>(string location, T value) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = location;
        return Resource.Of(value).ExecuteAsync(httpContext);
    }
}

internal static class Resource
{
    public static Resource<T> Of<T>(T value) => new(value);

    public static CreatedResource<T> Created<T>(string location, T value) => new(location, value);
}
