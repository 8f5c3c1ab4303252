using System.ComponentModel.DataAnnotations;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Documents;

/// <summary>What a client says of a file that it is about to send to the object store by itself.</summary>
internal sealed record DirectUploadBody : IRequestBody, IValidatableObject
{
    private const int MaximumTypeLength = 255;

    // The largest that every reader of JSON takes for what it is.
    private const long MaximumInteger = (1L << 53) - 1;

    [StringLength(FileNames.MaximumLength, MinimumLength = 1)]
    public string Filename { get; init; } = "";

    /// <summary>The type the client sends it with; application/octet-stream claims nothing.</summary>
    [StringLength(MaximumTypeLength, MinimumLength = 1)]
    public string ContentType { get; init; } = "";

    /// <summary>Number of bytes, at least 1.</summary>
    [Range(1, MaximumInteger, ErrorMessage = "A file has at least one byte.")]
    public long Size { get; init; }

    /// <summary>SHA-256 of the bytes, 64 hexadecimal digits; the document is only made of these.</summary>
    [RegularExpression("^[0-9A-Fa-f]{64}$", ErrorMessage = "A SHA-256 has 64 hexadecimal digits.")]
    public string? Sha256 { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FileNames.Check(Filename) is { } problem)
        {
            yield return new(problem, [nameof(Filename)]);
        }

        if (ContentType.AsSpan().ContainsAnyExceptInRange(' ', '~') || ContentType.Trim() != ContentType
            || !MediaTypeHeaderValue.TryParse(ContentType, out _))
        {
            yield return new("The value is not a media type.", [nameof(ContentType)]);
        }
    }
}

/// <summary>The request that stores the file: a PUT with these headers, or a multipart form of these fields, then the file as <c>file</c>.</summary>
internal sealed record DirectUploadResponse(
    Guid UploadId, string Method, string Url, IReadOnlyDictionary<string, string>? Headers, IReadOnlyDictionary<string, string>? Fields, DateTimeOffset ExpiresAt);

/// <summary>An upload that was begun, as it is on record.</summary>
internal sealed record DirectUpload
{
    public const string Columns = "id, user_id, space_id, area_id, filename, content_type, size, sha256, object_key, created_at, expires_at";

    public Guid Id { get; init; }

    public string UserId { get; init; } = "";

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public string Filename { get; init; } = "";

    public string ContentType { get; init; } = "";

    public long Size { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Where the client puts the bytes.</summary>
    public string ObjectKey { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
