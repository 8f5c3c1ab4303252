namespace StratAI.Host.Security;

/// <summary>Who calls: the token's <c>sub</c> and <c>name</c>. Taken as a parameter by endpoints, all of which are behind authentication.</summary>
internal sealed record CurrentUser(string Id, string Name)
{
    public const int MaximumIdLength = 200;

    public static ValueTask<CurrentUser> BindAsync(HttpContext context)
    {
        var id = context.User.FindFirst("sub")?.Value ?? throw new InvalidOperationException("The endpoint is not behind authentication.");
        return ValueTask.FromResult(new CurrentUser(id, context.User.FindFirst("name")?.Value ?? id));
    }
}
