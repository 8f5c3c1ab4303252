using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Pages;

internal sealed record PageBody : IRequestBody, IValidatableObject
{
    [StringLength(200, MinimumLength = 1)]
    public string Title { get; init; } = "";

    /// <summary>A ProseMirror document, up to 1 MB; by default an empty one.</summary>
    public JsonElement Content { get; init; } = PageContent.Empty;

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PageContent.Check(Content) is { } problem)
        {
            yield return new(problem, [nameof(Content)]);
        }
    }
}

/// <summary>A page as lists show it: without its content.</summary>
internal record PageSummary
{
    public const string Columns = "p.id, p.space_id, p.area_id, p.title, p.version, p.created_at, p.updated_at";

    public static readonly PageOrder<PageSummary> Order = PageOrder<PageSummary>.Create(order => order
        .Key("updatedAt", page => page.UpdatedAt, "p.updated_at")
        .Key("createdAt", page => page.CreatedAt, "p.created_at")
        .Key("title", page => page.Title, "p.title", collation: TextCollation.Binary)
        .TieBreaker("id", page => page.Id, "p.id")
        .Default("-updatedAt"));

    public Guid Id { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public string Title { get; init; } = "";

    public int Version { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record PageResource : PageSummary
{
    [JsonPropertyOrder(1)]
    public JsonElement Content => JsonElement.Parse(ContentText);

    [JsonIgnore]
    public string ContentText { get; init; } = "";

    /// <summary>What a search finds it by beside its title.</summary>
    [JsonIgnore]
    public string Text => PageContent.TextOf(Content);

    /// <summary>Who made it. Outside any space, it is theirs alone.</summary>
    [JsonIgnore]
    public string UserId { get; init; } = "";

    /// <summary>The caller's rights: 2 to change it, 3 to read it.</summary>
    [JsonIgnore]
    public int Rank { get; init; }

    [JsonIgnore]
    public Place Place => new(SpaceId, AreaId);

    public static PageResource Create(PageBody body, Place place, string userId, TimeProvider time)
    {
        var now = time.Now();
        return new PageResource { Id = time.NewId(), UserId = userId, CreatedAt = now }
            .Next(body.Title, PageContent.Write(body.Content), place, now);
    }

    /// <summary>The page's next version.</summary>
    public PageResource Next(string title, string content, Place place, DateTimeOffset now) => this with
    {
        Title = title, ContentText = content, SpaceId = place.SpaceId, AreaId = place.AreaId, Version = Version + 1, UpdatedAt = now,
    };

    public PageBody ToBody() => new() { Title = Title, Content = Content, SpaceId = SpaceId, AreaId = AreaId };
}

/// <summary>One version of a page as lists show it: without its content.</summary>
internal record PageVersionSummary
{
    public const string Columns = "v.version, v.title, v.created_by, v.created_at";

    public static readonly PageOrder<PageVersionSummary> Order = PageOrder<PageVersionSummary>.Create(order => order
        .Key("version", version => version.Version, "v.version")
        .TieBreaker("version", version => version.Version, "v.version")
        .Default("-version"));

    public int Version { get; init; }

    public string Title { get; init; } = "";

    /// <summary>The id of the user who made this version.</summary>
    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed record PageVersionResource : PageVersionSummary
{
    [JsonPropertyOrder(1)]
    public JsonElement Content => JsonElement.Parse(ContentText);

    [JsonIgnore]
    public string ContentText { get; init; } = "";
}
