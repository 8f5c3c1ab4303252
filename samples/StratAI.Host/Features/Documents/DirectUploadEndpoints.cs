using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Http;
using StratAI.Host.Security;

namespace StratAI.Host.Features.Documents;

internal static class DirectUploadEndpoints
{
    public static void MapDirectUploads(this RouteGroupBuilder documents)
    {
        documents.MapPost("/uploads", Begin).Idempotent().RequireLimits(LimitPolicies.Upload)
            .WithSummary("Begins an upload straight to the object store: answers the request that stores the file, good for 24 hours.");
        documents.MapPost("/uploads/{uploadId:guid}/complete", Complete).Idempotent()
            .WithSummary("Checks size, type and hash of what was uploaded and makes the document of it. Its id is the upload's.");
    }

    private static async Task<Results<CreatedResource<DirectUploadResponse>, Problem>> Begin(
        DirectUploadBody body, CurrentUser user, DirectUploads uploads, AppDatabase database, Creation creation, CancellationToken cancellation)
    {
        var (upload, problem) = await uploads.BeginAsync(body, user, cancellation);
        return problem is not null
            ? problem
            // A crash before it leaves an upload that nobody knows of and nobody completes.
            : await creation.AnswerAsync(database, Resource.Created($"/api/documents/uploads/{upload!.UploadId}", upload), cancellation);
    }

    private static async Task<Results<CreatedResource<DocumentResource>, Problem>> Complete(
        Guid uploadId, CurrentUser user, DirectUploads uploads, ContextDocuments context, TextWorker texts, AppDatabase database, Creation creation,
        CancellationToken cancellation)
    {
        var (document, problem) = await uploads.CompleteAsync(uploadId, user, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await context.ForgetAsync(document!);
        texts.Wake();
        // A crash before it leaves a document that the next completion answers.
        return await creation.AnswerAsync(database, Resource.Created($"/api/documents/{document!.Id}", document), cancellation);
    }
}
