using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Documents;

/// <summary>The part of a document that can be changed.</summary>
internal sealed record DocumentBody : IRequestBody, IValidatableObject
{
    public string Filename { get; init; } = "";

    public Guid? AreaId { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FileNames.Check(Filename) is { } problem)
        {
            yield return new(problem, [nameof(Filename)]);
        }
    }
}

internal static class FileNames
{
    public const int MaximumLength = 255;

    /// <summary>What is wrong with a file's name, or null. A name is kept as given or refused; it is never rewritten, and never part of a path.</summary>
    public static string? Check(string name) =>
        name.Length is 0 or > MaximumLength ? $"A file name has 1 to {MaximumLength} characters."
        : name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\') >= 0 ? "A file name is a name, not a path."
        : name.Any(char.IsControl) ? "A file name has no control characters."
        : null;
}

internal sealed record DocumentResource
{
    public const string Columns =
        "d.id, d.space_id, d.area_id, d.filename, d.content_type, d.size, NULLIF(d.sha256, '') AS sha256, d.kind, d.width, d.height, d.placeholder, d.created_at, d.updated_at";

    public static readonly PageOrder<DocumentResource> Order = PageOrder<DocumentResource>.Create(order => order
        .Key("createdAt", document => document.CreatedAt, "d.created_at")
        .Key("filename", document => document.Filename, "d.filename", collation: TextCollation.Binary)
        .Key("size", document => document.Size, "d.size")
        .TieBreaker("id", document => document.Id, "d.id")
        .Default("-createdAt"));

    public Guid Id { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public string Filename { get; init; } = "";

    /// <summary>What the bytes are, not what the client said of them.</summary>
    public string ContentType { get; init; } = "";

    public long Size { get; init; }

    /// <summary>Null while it is not known, of a document whose bytes are still in the database.</summary>
    public string? Sha256 { get; init; }

    /// <summary>document or image.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Of an image, as it is shown. Null of one that could not be looked at.</summary>
    public int? Width { get; init; }

    public int? Height { get; init; }

    /// <summary>A ThumbHash in base64. Null of an image that is too large to be decoded.</summary>
    public string? Placeholder { get; init; }

    public string? Srcset => DocumentImages.SrcsetOf(this);

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Null while its bytes are still in the database.</summary>
    [JsonIgnore]
    public string? ObjectKey { get; init; }

    /// <summary>The caller's rights: 2 to change it, 3 to read it.</summary>
    [JsonIgnore]
    public int Rank { get; init; }
}

internal sealed record SignedUrlResponse(string Url, DateTimeOffset ExpiresAt);
