using System.Text.Json.Serialization;

namespace StratAI.Pagination;

/// <summary>Where a page lies in its list, and how to go on. Written as JSON by <see cref="PageInfoJsonConverter"/>.</summary>
[JsonConverter(typeof(PageInfoJsonConverter))]
public sealed record PageInfo
{
    /// <summary>The rows skipped, from 0; null in cursor mode.</summary>
    public int? Offset { get; init; }

    /// <summary>The most rows the page could hold, 1 to 100.</summary>
    public required int Limit { get; init; }

    /// <summary>The rows of the whole list, as precise as <see cref="Precision"/> says; null when no count was made.</summary>
    public long? Total { get; init; }

    /// <summary>How <see cref="Total"/> is to be read.</summary>
    public TotalPrecision Precision { get; init; } = TotalPrecision.Exact;

    /// <summary>
    /// Whether there are more rows in the direction of travel: after this page, or before it when a <c>prevCursor</c> led here.
    /// </summary>
    public required bool HasMore { get; init; }

    /// <summary>The cursor of the page after this one; null on the last page.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The cursor of the page before this one; null on the first page and in offset mode.</summary>
    public string? PrevCursor { get; init; }
}
