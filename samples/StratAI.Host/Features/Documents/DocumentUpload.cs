using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Reads <c>multipart/form-data</c> (RFC 7578) part by part as it arrives: first where the document goes, which is checked before a byte of the file is
/// read, then the file, through the upload gate into the object store.
/// </summary>
internal sealed class DocumentUpload(Places places, DocumentStore documents, DocumentImages images, UploadGate gate, TimeProvider time)
{
    public const long MaximumBytes = 10 * 1024 * 1024;
    public const long MaximumImageBytes = 5 * 1024 * 1024;

    /// <summary>The file and what multipart adds around it.</summary>
    public const long MaximumRequestBytes = MaximumBytes + 64 * 1024;

    private const int MaximumFieldBytes = 1024;

    public async Task<(DocumentResource? Document, Problem? Problem)> ReceiveAsync(HttpRequest request, CurrentUser user, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 and <= 70 } boundary)
        {
            return (null, new Problem(415, "unsupported-media-type", "A document is uploaded as multipart/form-data with a boundary."));
        }

        try
        {
            return await ReadPartsAsync(new MultipartReader(boundary, request.Body) { HeadersLengthLimit = 8 * 1024 }, user, cancellation);
        }
        catch (Exception exception) when (exception is InvalidDataException || exception is IOException and not BadHttpRequestException && !cancellation.IsCancellationRequested)
        {
            // The reader's words for a body that ends early or is no multipart; what a broken connection throws goes on to the exception handler.
            return (null, new Problem(400, "malformed-multipart", "The multipart body is incomplete or malformed. Nothing was stored."));
        }
    }

    /// <summary>What a file may be, whichever way it comes.</summary>
    public static UploadRules RulesFor(string? declaredType, string filename) => new()
    {
        MaximumBytes = MaximumBytes, MaximumImageBytes = MaximumImageBytes, DeclaredContentType = declaredType, FileName = filename,
    };

    /// <summary>The document that a file makes which has passed the gate, unless it is an image that cannot be decoded.</summary>
    public async Task<(DocumentResource? Document, Problem? Problem)> DescribeAsync(
        Upload upload, Guid id, string filename, Place place, string objectKey, CancellationToken cancellation)
    {
        var now = time.Now();
        var document = new DocumentResource
        {
            Id = id, SpaceId = place.SpaceId, AreaId = place.AreaId, Filename = filename, ContentType = upload.ContentType, Size = upload.Size, Sha256 = upload.Sha256,
            Kind = upload.IsImage ? "image" : "document", ObjectKey = objectKey, CreatedAt = now, UpdatedAt = now,
        };
        return upload.IsImage ? await images.MeasureAsync(document, upload, cancellation) : (document, null);
    }

    private async Task<(DocumentResource? Document, Problem? Problem)> ReadPartsAsync(MultipartReader reader, CurrentUser user, CancellationToken cancellation)
    {
        var fields = new Dictionary<string, Guid>();
        while (await reader.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
            {
                return (null, Problem.Validation("$", "A part has no name."));
            }

            if (name == "file")
            {
                return await ReadFileAsync(reader, section, disposition, fields, user, cancellation);
            }

            if (name is not ("spaceId" or "areaId"))
            {
                return (null, ExceptionToProblem.UnknownProperty(name));
            }

            if (await ReadIdAsync(section, cancellation) is not { } id || !fields.TryAdd(name, id))
            {
                return (null, Problem.Validation(name, "The value is not one UUID."));
            }
        }

        return (null, Problem.Validation("file", "The file is missing."));
    }

    private async Task<(DocumentResource? Document, Problem? Problem)> ReadFileAsync(
        MultipartReader reader, MultipartSection section, ContentDispositionHeaderValue disposition, Dictionary<string, Guid> fields,
        CurrentUser user, CancellationToken cancellation)
    {
        var filename = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        if (FileNames.Check(filename) is { } bad)
        {
            return (null, Problem.Validation("file", bad));
        }

        var (place, problem) = await places.FindAsync(Field("spaceId"), Field("areaId"), user.Id, forEditing: true, cancellation);
        if (problem is not null)
        {
            return (null, problem);
        }

        var result = await gate.ReceiveAsync(section.Body, RulesFor(section.ContentType, filename), cancellation);
        if (result.Refusal is { } refusal)
        {
            return (null, UploadProblems.Of(refusal));
        }

        await using var upload = result.Accepted!;
        // A body that ends here has been cut off: the file may look whole, but its sender never said that it was.
        if (await reader.ReadNextSectionAsync(cancellation) is not null)
        {
            return (null, Problem.Validation("file", "The file must be the last part; spaceId and areaId come before it."));
        }

        var id = time.NewId();
        (var document, problem) = await DescribeAsync(upload, id, filename, place, $"documents/{id:N}", cancellation);
        if (document is null)
        {
            return (null, problem);
        }

        await documents.AddAsync(document, upload, user.Id, DocumentText.Of(upload), cancellation);
        return (document, null);

        Guid? Field(string name) => fields.TryGetValue(name, out var value) ? value : null;
    }

    private static async Task<Guid?> ReadIdAsync(MultipartSection section, CancellationToken cancellation)
    {
        var buffer = new byte[MaximumFieldBytes];
        var length = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return Guid.TryParse(Encoding.UTF8.GetString(buffer, 0, length), out var id) ? id : null;
    }
}
