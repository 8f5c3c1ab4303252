using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace StratAI.Shared.Http;

internal enum Precondition
{
    Met,
    Failed,
    NotModified,
}

/// <summary>Conditional requests by RFC 9110, section 13.2.2.</summary>
internal static class Preconditions
{
    public static bool Any(HttpRequest request) =>
        request.Headers is not { IfMatch.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0, IfUnmodifiedSince.Count: 0 };

    /// <summary>Without either validator there is no current representation: <c>If-Match: *</c> fails, <c>If-None-Match: *</c> holds.</summary>
    public static Precondition Evaluate(HttpRequest request, EntityTagHeaderValue? etag, DateTimeOffset? lastModified)
    {
        var headers = request.GetTypedHeaders();
        var modified = WholeSeconds(lastModified);
        var exists = etag is not null || modified is not null;
        if (request.Headers.IfMatch.Count > 0)
        {
            if (!Matches(headers.IfMatch, etag, exists, strong: true))
            {
                return Precondition.Failed;
            }
        }
        else if (headers.IfUnmodifiedSince < modified)
        {
            return Precondition.Failed;
        }

        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return !Matches(headers.IfNoneMatch, etag, exists, strong: false) ? Precondition.Met
                : reads ? Precondition.NotModified
                : Precondition.Failed;
        }

        return reads && headers.IfModifiedSince >= modified ? Precondition.NotModified : Precondition.Met;
    }

    private static bool Matches(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue? etag, bool exists, bool strong) =>
        tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) ? exists : etag is not null && tag.Compare(etag, strong));

    /// <summary>HTTP dates have no fractions: what a client sends back must compare equal.</summary>
    private static DateTimeOffset? WholeSeconds(DateTimeOffset? time) =>
        time is { } exact ? DateTimeOffset.FromUnixTimeSeconds(exact.ToUnixTimeSeconds()) : null;
}
