namespace StratAI.Pagination.Internal;

/// <summary>
/// A list's address as its caller wrote it, and the addresses of its further pages. What is not about the position is left as it is.
/// </summary>
internal sealed class PageAddress
{
    private readonly string _path;
    private readonly string[] _query;

    public PageAddress(string address)
    {
        // A fragment never reaches the server; behind it a parameter would be lost.
        var text = address.Split('#', 2)[0];
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        _path = mark < 0 ? text : text[..mark];
        _query = mark < 0 ? [] : text[(mark + 1)..].Split('&');
        Cursor = _query.Where(pair => NameOf(pair) == "cursor").Select(ValueOf).FirstOrDefault();
        Text = text;
    }

    private PageAddress(string path, string[] query, string cursor)
    {
        (_path, _query, Cursor) = (path, query, cursor);
        Text = $"{path}?{string.Join('&', query)}";
    }

    public string Text { get; }

    public string? Cursor { get; }

    /// <summary>For messages: without the query, which may hold what no log should.</summary>
    public string Path => Uri.TryCreate(_path, UriKind.Absolute, out var uri) ? uri.AbsolutePath : _path;

    public PageAddress At(string cursor)
    {
        var kept = _query.Where(pair => pair.Length > 0 && NameOf(pair) is not ("cursor" or "offset"));
        return new(_path, [.. kept, $"cursor={Uri.EscapeDataString(cursor)}"], cursor);
    }

    // As the server reads it: decoded, and in any case.
    private static string NameOf(string pair) => Decode(pair.Split('=', 2)[0]).ToLowerInvariant();

    private static string ValueOf(string pair) => pair.Split('=', 2) is [_, var value] ? Decode(value) : "";

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
