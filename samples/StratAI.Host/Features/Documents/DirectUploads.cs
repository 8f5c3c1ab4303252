using Microsoft.Extensions.Options;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Uploads whose bytes go from the client straight to the object store, and are trusted only after the completion has copied them to where the client
/// cannot write, and read that copy as any other upload.
/// </summary>
internal sealed partial class DirectUploads(
    DirectUploadStore uploads, Places places, DocumentUpload checks, ObjectLedger ledger, IObjectStore objects, IUploadSigner signer, UploadGate gate,
    IOptions<DocumentOptions> options, TimeProvider time, ILogger<DirectUploads> logger)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public async Task<(DirectUploadResponse? Upload, Problem? Problem)> BeginAsync(DirectUploadBody body, CurrentUser user, CancellationToken cancellation)
    {
        if (body.Size > DocumentUpload.MaximumBytes)
        {
            return (null, new Problem(413, "too-large", $"The file is larger than the {DocumentUpload.MaximumBytes} bytes allowed."));
        }

        var (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: true, cancellation);
        if (problem is not null)
        {
            return (null, problem);
        }

        var id = time.NewId();
        var key = $"uploads/{id:N}";
        var request = await SignAsync(id, key, body, cancellation);
        var upload = new DirectUpload
        {
            Id = id, UserId = user.Id, SpaceId = place.SpaceId, AreaId = place.AreaId, Filename = body.Filename, ContentType = body.ContentType, Size = body.Size,
            Sha256 = body.Sha256?.ToLowerInvariant(), ObjectKey = key, CreatedAt = time.Now(), ExpiresAt = request.ExpiresAt,
        };
        await uploads.AddAsync(upload, cancellation);
        return (request, null);
    }

    /// <summary>Makes the document of what has been uploaded; once it is made, answers it again.</summary>
    public async Task<(DocumentResource? Document, Problem? Problem)> CompleteAsync(Guid id, CurrentUser user, CancellationToken cancellation)
    {
        if (await uploads.FindAsync(id, user.Id, cancellation) is not { } upload)
        {
            return await uploads.FindDocumentAsync(id, user.Id, cancellation) is { } document ? (document, null) : (null, Problem.NotFound());
        }

        if (upload.ExpiresAt <= time.Now())
        {
            return (null, new Problem(410, "upload-expired", "The upload was not completed in time. Begin another one."));
        }

        var (place, problem) = await places.FindAsync(upload.SpaceId, upload.AreaId, user.Id, forEditing: true, cancellation);
        if (problem is not null)
        {
            // The place was the caller's when the upload began, so that there is no field to blame.
            return (null, problem.Status == 403 ? problem : Problem.NotFound());
        }

        (var made, problem) = await objects.StatAsync(upload.ObjectKey, cancellation) is null
            ? (null, Incomplete())
            : await ReceiveAsync(upload, place, cancellation);
        if (made is not null)
        {
            await TryDeleteAsync(upload.ObjectKey);
            return (made, null);
        }

        // Another completion may have been first, and have taken the bytes away.
        return await uploads.FindDocumentAsync(id, user.Id, cancellation) is { } other ? (other, null) : (null, problem);
    }

    /// <summary>Every try has a key of its own, so that two at once do not write to one object.</summary>
    private async Task<(DocumentResource? Document, Problem? Problem)> ReceiveAsync(DirectUpload upload, Place place, CancellationToken cancellation)
    {
        var key = $"documents/{time.NewId():N}";
        var kept = false;
        await ledger.BeginAsync(key, upload.UserId, ObjectLedger.UploadLimit, cancellation);
        try
        {
            var rules = DocumentUpload.RulesFor(upload.ContentType, upload.Filename) with { Length = upload.Size, Sha256 = upload.Sha256 };
            var result = await gate.ReceiveStoredAsync(objects, upload.ObjectKey, key, rules, cancellation);
            if (result is null)
            {
                return (null, Incomplete());
            }

            await using var accepted = result.Accepted;
            if (accepted is null)
            {
                await TryDeleteAsync(upload.ObjectKey);
                return (null, UploadProblems.Of(result.Refusal!));
            }

            var (document, problem) = await checks.DescribeAsync(accepted, upload.Id, upload.Filename, place, key, cancellation);
            if (document is null)
            {
                // One that could not be looked at just now may be completed later.
                if (problem!.Status < 500)
                {
                    await TryDeleteAsync(upload.ObjectKey);
                }

                return (null, problem);
            }

            (var first, kept) = await uploads.CompleteAsync(document, upload.UserId, DocumentText.Of(accepted), cancellation);
            return first ? (document, null) : (null, Problem.NotFound());
        }
        finally
        {
            if (!kept)
            {
                await ledger.TryAbandonAsync(key);
            }
        }
    }

    private async Task<DirectUploadResponse> SignAsync(Guid id, string key, DirectUploadBody body, CancellationToken cancellation)
    {
        if (options.Value.DirectUploads == DirectUploadMethod.Post)
        {
            var form = await signer.SignPostAsync(
                key, Lifetime, new() { MinimumBytes = body.Size, MaximumBytes = body.Size, ContentType = body.ContentType }, cancellation);
            return new(id, "POST", form.Url.ToText(), null, form.Fields, form.ExpiresAt);
        }

        var put = await signer.SignPutAsync(key, Lifetime, new() { Length = body.Size, ContentType = body.ContentType }, cancellation);
        return new(id, put.Method.Method, put.Url.ToText(), put.Headers, null, put.ExpiresAt);
    }

    /// <summary>Its URL may bring the object back, so it stays on record until that has ended.</summary>
    private async Task TryDeleteAsync(string key)
    {
        try
        {
            await objects.DeleteAsync(key, CancellationToken.None);
        }
        catch (ObjectStoreException exception)
        {
            LogKept(exception);
        }
    }

    private static Problem Incomplete() => new(409, "upload-incomplete", "Nothing has been uploaded yet.");

    [LoggerMessage(1, LogLevel.Warning, "What a client had uploaded could not be deleted now; it is on record until the sweep.")]
    private partial void LogKept(Exception exception);
}
