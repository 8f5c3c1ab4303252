using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.AspNetCore;

internal enum Precondition
{
    Met,
    Failed,
    NotModified,
}

/// <summary>Conditional requests by RFC 9110, section 13.2.2, and the choice of a range by section 14.</summary>
internal static class Preconditions
{
    public static bool Any(HttpRequest request) =>
        request.Headers is not { IfMatch.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0, IfUnmodifiedSince.Count: 0 };

    public static Precondition Evaluate(HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset lastModified)
    {
        var headers = request.GetTypedHeaders();
        if (request.Headers.IfMatch.Count > 0)
        {
            if (!headers.IfMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: true)))
            {
                return Precondition.Failed;
            }
        }
        else if (headers.IfUnmodifiedSince < lastModified)
        {
            return Precondition.Failed;
        }

        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return headers.IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false))
                ? Precondition.NotModified
                : Precondition.Met;
        }

        return headers.IfModifiedSince >= lastModified ? Precondition.NotModified : Precondition.Met;
    }

    /// <summary>
    /// The range to serve, <see langword="null"/> for the whole object. Several ranges, other units, what cannot be read and a failed
    /// <c>If-Range</c> are
    /// answered with all of it, as the RFC allows.
    /// </summary>
    /// <returns>False when the range lies outside the object.</returns>
    public static bool TryGetRange(
        HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset lastModified, long size, out ByteRange? range)
    {
        range = null;
        var headers = request.GetTypedHeaders();
        if (!HttpMethods.IsGet(request.Method)
            || headers.Range is not { Ranges: { Count: 1 } ranges } header
            || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (request.Headers.IfRange.Count > 0 && !Matches(headers.IfRange, etag, lastModified))
        {
            return true;
        }

        var (from, to) = (ranges.First().From, ranges.First().To);
        var (first, last) = from is { } start
            ? (start, Math.Min(to ?? long.MaxValue, size - 1))
            : (Math.Max(0, size - to!.Value), size - 1);
        if (first > last)
        {
            return false;
        }

        range = new(first, last - first + 1);
        return true;
    }

    private static bool Matches(RangeConditionHeaderValue? condition, EntityTagHeaderValue etag, DateTimeOffset lastModified) =>
        condition?.EntityTag is { } tag ? tag.Compare(etag, useStrongComparison: true) : condition?.LastModified == lastModified;
}
