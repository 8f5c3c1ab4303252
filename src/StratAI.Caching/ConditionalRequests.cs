using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using StratAI.Shared.Http;

namespace StratAI.Caching;

/// <summary>Conditional requests (RFC 9110, section 13).</summary>
public static class ConditionalRequests
{
    /// <summary>
    /// Evaluates the request's conditions against the current representation, in the order of section 13.2.2: <c>If-Match</c> (strong
    /// comparison) or else <c>If-Unmodified-Since</c>; then <c>If-None-Match</c> (weak comparison) or else, for GET and HEAD,
    /// <c>If-Modified-Since</c>. A date that cannot be read is no condition; an <c>If-Match</c> that cannot be read does not match.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="etag">
    /// The entity tag of the current representation. <see langword="null"/>, without <paramref name="lastModified"/> either: there is none,
    /// so that <c>If-Match: *</c> fails and <c>If-None-Match: *</c> holds.
    /// </param>
    /// <param name="lastModified">
    /// When it last changed, to the second; <see langword="null"/> where that is not known, and dates are then no conditions.
    /// </param>
    public static PreconditionResult EvaluatePreconditions(
        this HttpRequest request, EntityTagHeaderValue? etag, DateTimeOffset? lastModified = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Preconditions.Any(request))
        {
            return PreconditionResult.Proceed;
        }

        return Preconditions.Evaluate(request, etag, lastModified) switch
        {
            Precondition.Failed => PreconditionResult.Failed,
            Precondition.NotModified => PreconditionResult.NotModified,
            _ => PreconditionResult.Proceed,
        };
    }
}
