using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>Content negotiation over image formats (RFC 9110, section 12.5.1).</summary>
internal static class Negotiation
{
    /// <summary>
    /// The format the client likes most. Of several alike, those it names go before those a wildcard covers: the former in the order they are
    /// offered, of the latter the one nearest to the original. A client that takes none gets the nearest.
    /// </summary>
    public static ImageFormat Choose(string? accept, IReadOnlyList<ImageFormat> offered, ImageFormat nearest)
    {
        var fallback = offered.Contains(nearest) ? nearest : offered[0];
        if (string.IsNullOrWhiteSpace(accept) || !MediaTypeHeaderValue.TryParseList([accept], out var ranges))
        {
            return fallback;
        }

        return offered
            .Select((format, index) => (Format: format, Index: index, Weight: WeightOf(ranges, ImageFormats.ContentTypeOf(format))))
            .Where(choice => choice.Weight.Quality > 0)
            .OrderByDescending(choice => choice.Weight.Quality)
            .ThenByDescending(choice => choice.Weight.Named)
            .ThenBy(choice => !choice.Weight.Named && choice.Format == nearest ? -1 : choice.Index)
            .Select(choice => choice.Format)
            .DefaultIfEmpty(fallback)
            .First();
    }

    /// <summary>The quality of the most specific range that covers the type.</summary>
    private static (double Quality, bool Named) WeightOf(IList<MediaTypeHeaderValue> ranges, string type)
    {
        foreach (var candidate in new[] { type, "image/*", "*/*" })
        {
            if (ranges.FirstOrDefault(range => range.MediaType.Equals(candidate, StringComparison.OrdinalIgnoreCase)) is { } range)
            {
                return (range.Quality ?? 1, candidate == type);
            }
        }

        return (0, false);
    }
}
