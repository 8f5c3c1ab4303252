using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Errors;
using StratAI.Host.Security;
using StratAI.Storage;
using StratAI.Storage.Imaging;

namespace StratAI.Host.Features.Documents;

/// <summary>Documents that are images: what is found out when they come, and the sizes they are served in.</summary>
internal sealed class DocumentImages(ImageInspector inspector)
{
    /// <summary>Part of the contract, so not for configuration.</summary>
    public static readonly int[] Widths = [320, 640, 960, 1280, 1920];

    /// <summary>URLs of these very bytes, which may be cached for ever. Null of what is no image, or one that cannot be decoded.</summary>
    public static string? SrcsetOf(DocumentResource document) => document is { Width: { } width, Placeholder: not null }
        ? Srcset.Format(Widths, width, w => string.Create(CultureInfo.InvariantCulture, $"/api/documents/{document.Id}/image?w={w}&v={document.Sha256}"))
        : null;

    /// <summary>The document with its size and placeholder. A broken image is a problem; one that is too large, or that cannot be looked at here, is kept as it is.</summary>
    public async Task<(DocumentResource? Document, Problem? Problem)> MeasureAsync(DocumentResource document, Upload upload, CancellationToken cancellation)
    {
        var inspection = await inspector.InspectAsync(upload, cancellation);
        return inspection.Refusal is { Reason: not (ImageRefusalReason.TooLarge or ImageRefusalReason.Unavailable) } refusal
            ? (null, ProblemOf(refusal))
            : (document with { Width = inspection.Details?.Width, Height = inspection.Details?.Height, Placeholder = inspection.Details?.Placeholder }, null);
    }

    public static Problem NotAnImage() => new(409, "not-an-image", "It is not a JPEG, PNG, WebP, GIF or AVIF image.");

    public static Problem ProblemOf(ImageRefusal refusal) => new(
        refusal.Reason switch
        {
            ImageRefusalReason.NotFound => 404,
            ImageRefusalReason.NotAnImage => 409,
            ImageRefusalReason.TooLarge or ImageRefusalReason.Invalid => 422,
            _ => 503,
        },
        refusal.Code,
        refusal.Detail)
    {
        RetryAfter = refusal.RetryAfter,
    };
}

internal static class DocumentImageEndpoints
{
    public static void MapDocumentImages(this RouteGroupBuilder group) =>
        group.MapGet("/{id:guid}/image", Get).WithSummary("An image in a width and format; the format by Accept when it is left out.");

    /// <summary>With <c>?v=</c> the document's hash, the URL is that of these very bytes and may be cached for ever.</summary>
    private static async Task<Results<StoredObjectResult, Problem>> Get(
        Guid id, int? w, string? format, string? v, HttpContext context, CurrentUser user, DocumentStore documents, DocumentContent contents, ImageVariants variants,
        IObjectStore objects, CancellationToken cancellation)
    {
        if (w is not { } width || !variants.Widths.Contains(width))
        {
            return Problem.Validation("w", $"The width is one of {string.Join(", ", variants.Widths)}.");
        }

        if (format is not null && !(ImageFormats.TryParse(format, out var known) && variants.Formats.Contains(known)))
        {
            return Problem.Validation("format", $"'{format}' is none of {string.Join(", ", variants.Formats.Select(ImageFormats.NameOf))}.");
        }

        if (await documents.FindAsync(id, user.Id, cancellation) is not { } found)
        {
            return Problem.NotFound();
        }

        if (found.Kind != "image")
        {
            return DocumentImages.NotAnImage();
        }

        // Variants belong to an object, so a document that has none yet gets it now.
        var (document, problem) = await contents.StoreAsync(found, user.Id, cancellation);
        if (document is null)
        {
            return problem!;
        }

        if (format is null)
        {
            context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        }

        var chosen = ImageFormats.TryParse(format, out var given) ? given : variants.Negotiate(context.Request.Headers.Accept.ToString(), document.ContentType);
        var result = await variants.GetAsync(document.ObjectKey!, document.ContentType, width, chosen, cancellationToken: cancellation);
        return result.Refusal is { } refusal
            ? DocumentImages.ProblemOf(refusal)
            : new StoredObjectResult(objects, result.Variant!.Key)
            {
                FileName = Path.ChangeExtension(document.Filename, ImageFormats.NameOf(chosen)),
                CacheControl = v is not null && v == document.Sha256 ? "private, max-age=31536000, immutable" : "private, no-cache",
            };
    }
}
