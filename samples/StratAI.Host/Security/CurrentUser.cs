namespace StratAI.Host.Security;

/// <summary>Who calls: the token's <c>sub</c> and <c>name</c>. Taken as a parameter by endpoints, all of which are behind authentication.</summary>
internal sealed record CurrentUser(string Id, string Name)
{
    public const int MaximumIdLength = 200;

    public static ValueTask<CurrentUser> BindAsync(HttpContext context)
    {
        var id = context.User.FindFirst("sub")?.Value ?? throw new InvalidOperationException("The endpoint is not behind authentication.");
        var name = context.User.FindFirst("name")?.Value;
        return ValueTask.FromResult(new CurrentUser(id, name is null || name.Contains('\0', StringComparison.Ordinal) ? id : name));
    }

    /// <summary>Whether it can be stored: PostgreSQL has no U+0000.</summary>
    public static bool IsId(string? text) => text is { Length: > 0 and <= MaximumIdLength } && !text.Contains('\0', StringComparison.Ordinal);
}
