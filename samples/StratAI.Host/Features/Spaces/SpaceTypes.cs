using System.ComponentModel.DataAnnotations;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Spaces;

internal sealed record SpaceBody : IRequestBody
{
    [StringLength(200, MinimumLength = 1)]
    public string Name { get; init; } = "";

    [StringLength(2_000)]
    public string Description { get; init; } = "";
}

internal sealed record SpaceResource
{
    public static readonly PageOrder<SpaceResource> Order = PageOrder<SpaceResource>.Create(order => order
        .Key("createdAt", space => space.CreatedAt, "s.created_at")
        .Key("name", space => space.Name, "s.name", collation: TextCollation.Binary)
        .TieBreaker("id", space => space.Id, "s.id")
        .Default("-createdAt"));

    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The caller's role: owner, editor or viewer.</summary>
    public string Role { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record MemberBody : IRequestBody
{
    [OneOf(Roles.Owner, Roles.Editor, Roles.Viewer)]
    public string Role { get; init; } = "";
}

internal sealed record MemberResource
{
    public static readonly PageOrder<MemberResource> Order = PageOrder<MemberResource>.Create(order => order
        .Key("createdAt", member => member.CreatedAt, "m.created_at")
        .TieBreaker("userId", member => member.UserId, "m.user_id", collation: TextCollation.Binary)
        .Default("createdAt"));

    public string UserId { get; init; } = "";

    public string Role { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Roles in a space or an area. Editors and owners change what is in it; owners also its members.</summary>
internal static class Roles
{
    public const string Owner = "owner";
    public const string Editor = "editor";
    public const string Viewer = "viewer";

    public static bool CanEdit(string role) => role is Owner or Editor;
}
