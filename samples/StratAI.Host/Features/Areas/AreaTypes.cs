using System.ComponentModel.DataAnnotations;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Areas;

internal sealed record AreaBody : IRequestBody
{
    [StringLength(200, MinimumLength = 1)]
    public string Name { get; init; } = "";

    [StringLength(2_000)]
    public string Description { get; init; } = "";

    /// <summary>What the model is told about this area in every chat that is held in it.</summary>
    [StringLength(10_000)]
    public string Instructions { get; init; } = "";
}

internal sealed record AreaResource
{
    public const string Columns = "a.id, a.space_id, a.name, a.description, a.instructions, a.created_at, a.updated_at";

    public static readonly PageOrder<AreaResource> Order = PageOrder<AreaResource>.Create(order => order
        .Key("createdAt", area => area.CreatedAt, "a.created_at")
        .Key("name", area => area.Name, "a.name", collation: TextCollation.Binary)
        .TieBreaker("id", area => area.Id, "a.id")
        .Default("-createdAt"));

    public Guid Id { get; init; }

    public Guid SpaceId { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Instructions { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record ShareBody : IRequestBody
{
    [OneOf(Roles.Editor, Roles.Viewer)]
    public string Role { get; init; } = "";
}

internal sealed record ShareResource
{
    public required string UserId { get; init; }

    public required string Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An area and what the caller may do in it.</summary>
internal sealed record AreaAccess
{
    /// <summary>
    /// The areas a user can see with the better of their roles, in one statement: a member of the space sees all of its areas, and a share opens a
    /// single one. Expects <c>@userId</c>; the roles' numbers fall with their rights.
    /// </summary>
    public const string Cte =
        """
        WITH access AS (
            SELECT area_id, MIN(rank) AS rank FROM (
                SELECT a.id AS area_id, CASE m.role WHEN 'owner' THEN 1 WHEN 'editor' THEN 2 ELSE 3 END AS rank
                FROM space_members m JOIN areas a ON a.space_id = m.space_id WHERE m.user_id = @userId
                UNION
                SELECT s.area_id, CASE s.role WHEN 'editor' THEN 2 ELSE 3 END FROM area_shares s WHERE s.user_id = @userId
            ) granted GROUP BY area_id
        )
        """;

    public Guid Id { get; init; }

    public Guid SpaceId { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Instructions { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>1 owner, 2 editor, 3 viewer.</summary>
    public int Rank { get; init; }

    public bool IsOwner => Rank == 1;

    public bool CanEdit => Rank <= 2;

    public AreaResource ToResource() => new()
    {
        Id = Id, SpaceId = SpaceId, Name = Name, Description = Description, Instructions = Instructions, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt,
    };
}
