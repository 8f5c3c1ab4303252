using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace StratAI.Pagination.Internal;

/// <summary>Reads a query string into a <see cref="PageRequest"/>.</summary>
internal static class PageRequestParser
{
    private static readonly string[] Names = ["limit", "offset", "cursor", "sort", "count"];

    public static PageRequest Parse(IQueryCollection query)
    {
        foreach (var name in Names)
        {
            if (query[name].Count > 1)
            {
                return Invalid($"'{name}' is given more than once.");
            }
        }

        string? limit = query["limit"], offset = query["offset"], cursor = query["cursor"];
        if (offset is not null && cursor is not null)
        {
            return new() { Error = PageErrors.Conflict };
        }

        if (!TryReadInteger(limit, out var rows))
        {
            return Invalid("'limit' is not an integer.");
        }

        if (!TryReadInteger(offset, out var skipped))
        {
            return Invalid("'offset' is not an integer.");
        }

        if (ReadCount(query["count"], fallback: cursor is null ? CountMode.Exact : CountMode.None) is not { } count)
        {
            return Invalid("'count' is exact, estimated, capped or none.");
        }

        if (cursor is { Length: 0 })
        {
            return new() { Error = PageErrors.CursorMalformed };
        }

        var start = cursor is null ? skipped ?? 0 : (int?)null;
        var request = new PageRequest { Offset = start, Cursor = cursor, Sort = query["sort"], Count = count };
        return rows is { } given ? request with { Limit = given } : request;
    }

    private static PageRequest Invalid(string detail) => new() { Error = PageErrors.InvalidPagination(detail) };

    /// <summary>An integer of any size: what an <see cref="int"/> cannot hold is clamped like everything else out of range.</summary>
    private static bool TryReadInteger(string? text, out int? value)
    {
        value = null;
        if (text is null)
        {
            return true;
        }

        var digits = text.AsSpan();
        var negative = digits is ['-', ..];
        if (negative)
        {
            digits = digits[1..];
        }

        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var magnitude = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var small) ? small : int.MaxValue;
        value = negative ? -magnitude : magnitude;
        return true;
    }

    private static CountMode? ReadCount(string? text, CountMode fallback) => text switch
    {
        null => fallback,
        "exact" => CountMode.Exact,
        "estimated" => CountMode.Estimated,
        "capped" => CountMode.Capped,
        "none" => CountMode.None,
        _ => null,
    };
}
