using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>What one upload may be.</summary>
public sealed record UploadRules
{
    /// <summary>
    /// The types taken when a caller does not say otherwise: text, Markdown, CSV, JSON, PDF, DOCX, XLSX, PPTX, PNG, JPEG, GIF, WebP and
    /// AVIF, and SVG
    /// and HTML, which come out as <see cref="Upload.AttachmentOnly"/>.
    /// </summary>
    public static IReadOnlySet<string> DefaultAllowedTypes => MediaTypes.DefaultAllowed;

    /// <summary>The most bytes read; one more is refused at once. At least 1.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>A lower limit for PNG, JPEG, GIF, WebP and AVIF, in force once the bytes show one. Default: none.</summary>
    public long? MaximumImageBytes { get; init; }

    /// <summary>The number of bytes the sender declared; another is refused. Default: none was.</summary>
    public long? Length { get; init; }

    /// <summary>The SHA-256 the sender declared, 64 hexadecimal digits; another is refused. Default: none was.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The type the sender claims. Nothing, or <c>application/octet-stream</c>, claims none.</summary>
    public string? DeclaredContentType { get; init; }

    /// <summary>The name the sender gives; a known extension claims a type.</summary>
    public string? FileName { get; init; }

    /// <summary>Media types taken, without parameters. Default <see cref="DefaultAllowedTypes"/>.</summary>
    public IReadOnlySet<string> AllowedTypes { get; init; } = DefaultAllowedTypes;
}
