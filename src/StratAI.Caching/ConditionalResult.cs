using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace StratAI.Caching;

/// <summary>
/// Answers a GET or HEAD with another result unless the request's conditions say otherwise: 304 without a body where the client has the
/// current representation, 412 without a body where it expected another. <c>ETag</c> and <c>Last-Modified</c> are set on every answer but 412.
/// </summary>
/// <param name="result">Writes the representation; not run for 304 and 412.</param>
/// <param name="etag">The representation's entity tag.</param>
public sealed class ConditionalResult(IResult result, EntityTagHeaderValue etag) : IResult
{
    /// <summary>When the representation last changed, to the second. Default <see langword="null"/>: not known.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Writes the answer.</summary>
    /// <param name="httpContext">The request.</param>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        var outcome = httpContext.Request.EvaluatePreconditions(etag, LastModified);
        if (outcome == PreconditionResult.Failed)
        {
            response.StatusCode = StatusCodes.Status412PreconditionFailed;
            return Task.CompletedTask;
        }

        // Of a 304's headers RFC 9110, section 15.4.5, names these are the validators; Cache-Control is the endpoint's, and Vary whoever's varies.
        response.Headers.ETag = etag.ToString();
        if (LastModified is { } time)
        {
            response.Headers.LastModified = HeaderUtilities.FormatDate(time);
        }

        if (outcome == PreconditionResult.NotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return result.ExecuteAsync(httpContext);
    }
}
