using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.AspNetCore;

/// <summary>The choice of a range by RFC 9110, section 14.</summary>
internal static class RequestedRange
{
    /// <summary>
    /// The range to serve, <see langword="null"/> for the whole object. Several ranges, other units, what cannot be read and a failed
    /// <c>If-Range</c> are
    /// answered with all of it, as the RFC allows.
    /// </summary>
    /// <returns>False when the range lies outside the object.</returns>
    public static bool TryGet(
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
