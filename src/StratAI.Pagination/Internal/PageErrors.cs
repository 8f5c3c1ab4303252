namespace StratAI.Pagination.Internal;

/// <summary>Every error the package answers.</summary>
internal static class PageErrors
{
    public static PageError Conflict { get; } = new("pagination-conflict", "Give either 'cursor' or 'offset', not both.");

    public static PageError CursorMalformed { get; } =
        new("cursor-malformed", "The cursor is not one that this API made. Pass it on exactly as it was answered.");

    public static PageError CursorTampered { get; } =
        new("cursor-tampered", "The cursor was changed, or its key is no longer in use. Start again from the first page.");

    public static PageError CursorMismatch { get; } =
        new("cursor-mismatch", "The cursor is of another list, user, sort or filter. Repeat them as they were, or start from the first page.");

    public static PageError CursorVersion { get; } =
        new("cursor-version", "The cursor was made by another version of this API. Start again from the first page.");

    public static PageError InvalidPagination(string detail) => new("invalid-pagination", detail);

    public static PageError InvalidSort(IReadOnlyList<string> fields) => new(
        "invalid-sort",
        fields.Count == 0
            ? "This list has one order and takes no 'sort'."
            : $"'sort' takes each of these at most once, comma separated, a leading '-' for descending: {string.Join(", ", fields)}.");
}
