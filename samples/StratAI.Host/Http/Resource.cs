using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using StratAI.Caching;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

/// <summary>
/// One resource as JSON with a strong ETag: the hash of the very bytes sent, so that it changes exactly when they do. A GET whose If-None-Match
/// names it is answered 304 (RFC 9110 §13).
/// </summary>
internal sealed class Resource<T>(T value) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = Resource.BytesOf(value);
        var etag = EntityTags.FromContent(body);
        if (HttpMethods.IsGet(httpContext.Request.Method) || HttpMethods.IsHead(httpContext.Request.Method))
        {
            return new ConditionalResult(new Bytes(body), etag).ExecuteAsync(httpContext);
        }

        // The conditions of a change were about the resource before it.
        httpContext.Response.Headers.ETag = etag.ToString();
        return new Bytes(body).ExecuteAsync(httpContext);
    }

    private sealed class Bytes(byte[] body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = Resource.ContentType;
            httpContext.Response.ContentLength = body.Length;
            return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}

/// <summary>A resource just made: 201 with its place and the ETag that the next GET answers.</summary>
internal sealed class CreatedResource<T>(string location, T value) : IResult, IEndpointMetadataProvider
{
    public T Value => value;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = location;
        return Resource.Of(value).ExecuteAsync(httpContext);
    }

    /// <summary>All of the answer that a replay repeats.</summary>
    public StoredAnswer ToStored(string fingerprint)
    {
        var body = Resource.BytesOf(value);
        return StoredAnswer.Of(
            fingerprint,
            StatusCodes.Status201Created,
            new() { ["Location"] = location, ["ETag"] = EntityTags.FromContent(body).ToString(), ["Content-Type"] = Resource.ContentType },
            body);
    }
}

internal static class Resource
{
    public const string ContentType = "application/json; charset=utf-8";

    public static Resource<T> Of<T>(T value) => new(value);

    public static CreatedResource<T> Created<T>(string location, T value) => new(location, value);

    /// <summary>
    /// Null when the request's conditions hold for the ETag that a GET of <paramref name="current"/> answers, null where there is none; else 412.
    /// </summary>
    public static Problem? CheckIfMatch<T>(this HttpRequest request, T? current) =>
        request.Headers is { IfMatch.Count: 0, IfNoneMatch.Count: 0 }
        || request.EvaluatePreconditions(current is null ? null : EntityTags.FromContent(BytesOf(current))) == PreconditionResult.Proceed
            ? null
            : Problem.PreconditionFailed();

    public static byte[] BytesOf<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options);
}
