using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Takes an upload as it arrives: first where the document goes, which is checked before a byte of the file is read, then the file, through the upload
/// gate into the object store.
/// </summary>
internal sealed class DocumentUpload(Places places, DocumentStore documents, DocumentImages images, UploadGate gate, TimeProvider time)
{
    public const long MaximumBytes = 10 * 1024 * 1024;
    public const long MaximumImageBytes = 5 * 1024 * 1024;

    /// <summary>The file and what multipart adds around it.</summary>
    public const long MaximumRequestBytes = MaximumBytes + 64 * 1024;

    public async Task<(CreatedResource<DocumentResource>? Created, Problem? Problem)> ReceiveAsync(
        HttpRequest request, CurrentUser user, Creation creation, CancellationToken cancellation)
    {
        try
        {
            var (form, problem) = await DocumentForm.ReadAsync(request, cancellation);
            return form is null ? (null, problem) : await ReceiveAsync(form, user, creation, cancellation);
        }
        catch (Exception exception) when (DocumentForm.IsMalformed(exception, cancellation))
        {
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

    private async Task<(CreatedResource<DocumentResource>? Created, Problem? Problem)> ReceiveAsync(
        DocumentForm form, CurrentUser user, Creation creation, CancellationToken cancellation)
    {
        var (place, problem) = await places.FindAsync(form.SpaceId, form.AreaId, user.Id, forEditing: true, cancellation);
        if (problem is not null)
        {
            return (null, problem);
        }

        var result = await gate.ReceiveAsync(form.File, RulesFor(form.DeclaredType, form.Filename), cancellation);
        if (result.Refusal is { } refusal)
        {
            return (null, UploadProblems.Of(refusal));
        }

        await using var upload = result.Accepted!;
        if (!await form.EndsAsync(cancellation))
        {
            return (null, Problem.Validation("file", "The file must be the last part; spaceId and areaId come before it."));
        }

        var id = time.NewId();
        (var document, problem) = await DescribeAsync(upload, id, form.Filename, place, $"documents/{id:N}", cancellation);
        if (document is null)
        {
            return (null, problem);
        }

        var created = Resource.Created($"/api/documents/{id}", document);
        await documents.AddAsync(
            document, upload, user.Id, DocumentText.Of(upload), work => creation.AnswerAsync(work, created, form.FingerprintWith(upload.Sha256)), cancellation);
        return (created, null);
    }
}
