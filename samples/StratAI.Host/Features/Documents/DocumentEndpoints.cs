using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

internal static class DocumentEndpoints
{
    private static readonly TimeSpan UrlLifetime = TimeSpan.FromMinutes(5);

    public static void MapDocuments(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/documents").WithTags("Documents").ForgetsToolResults(ToolSubject.Documents);
        group.MapGet("", List).WithPageOrder(DocumentResource.Order).WithSummary("The documents you can see, without their content.");
        group.MapPost("", Create)
            .Idempotent(DocumentForm.FingerprintAsync)
            .WithMetadata(new RequestSizeLimitAttribute(DocumentUpload.MaximumRequestBytes))
            .RequireLimits(LimitPolicies.Upload)
            .WithSummary("Uploads a document: multipart/form-data with spaceId or areaId (optional), then file. At most 10 MB, images 5 MB.");
        group.MapDirectUploads();
        group.MapGet("/{id:guid}", Get);
        group.MapPatch("/{id:guid}", Patch).WithSummary("Renames a document, or moves it to another area of its space.");
        group.MapDelete("/{id:guid}", Delete);
        group.MapGet("/{id:guid}/content", GetContent).WithSummary("The bytes, with range requests.");
        group.MapDocumentImages();
        group.MapGet("/{id:guid}/url", GetUrl).WithSummary("A URL of the bytes that is good for five minutes and needs no token.");
    }

    private static async Task<Results<PageResult<DocumentResource>, Problem>> List(
        [AsParameters] DocumentFilter filter, PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation) =>
        filter.Check() is { } problem
            ? problem
            : await pages.ReadAsync(
                DocumentResource.Order, page, new PageScope("documents", user.Id, filter.ToString()),
                DocumentResource.Columns, "documents d", filter.Where(pages.Dialect), filter.Parameters(user.Id, pages.Dialect), cancellation);

    private static async Task<Results<CreatedResource<DocumentResource>, Problem>> Create(
        HttpRequest request, CurrentUser user, DocumentUpload upload, ContextDocuments context, TextWorker texts, Creation creation, CancellationToken cancellation)
    {
        var (created, problem) = await upload.ReceiveAsync(request, user, creation, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await context.ForgetAsync(created!.Value);
        texts.Wake();
        return created;
    }

    private static async Task<Results<Resource<DocumentResource>, Problem>> Get(Guid id, CurrentUser user, DocumentStore documents, CancellationToken cancellation) =>
        await documents.FindAsync(id, user.Id, cancellation) is { } document ? Resource.Of(document) : Problem.NotFound();

    private static async Task<Results<Resource<DocumentResource>, Problem>> Patch(
        Guid id, MergePatch<DocumentBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, ContextDocuments context, TimeProvider time,
        CancellationToken cancellation)
    {
        DocumentResource? before = null;
        var (document, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request),
            async (work, document) =>
            {
                before = document;
                var (body, problem) = patch.Apply(new() { Filename = document.Filename, AreaId = document.AreaId });
                if (problem is null && body.AreaId is { } areaId && areaId != document.AreaId)
                {
                    var area = await AreaStore.FindForChangeAsync(work, areaId, user.Id);
                    problem = area is null || area.SpaceId != document.SpaceId ? Problem.Validation("areaId", "There is no such area in the document's space.")
                        : !area.CanEdit ? Problem.Forbidden()
                        : null;
                }

                if (problem is null && body.AreaId is null && document is { AreaId: not null, SpaceId: { } space } && !await MayEditSpaceAsync(work, space, user))
                {
                    // One who edits a shared area may not move what is in it to where only the space's members are.
                    problem = Problem.Forbidden();
                }

                document = document with { Filename = body.Filename, AreaId = body.AreaId, UpdatedAt = time.Now() };
                if (problem is null)
                {
                    await work.ExecuteAsync("UPDATE documents SET filename = @Filename, area_id = @AreaId, updated_at = @UpdatedAt WHERE id = @Id", document);
                }

                return (document, problem);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await context.ForgetAsync(before!, document!);
        return Resource.Of(document!);
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, HttpRequest request, CurrentUser user, AppDatabase database, ObjectLedger ledger, ContextDocuments context, CancellationToken cancellation)
    {
        var (document, problem) = await database.DeleteAsync(
            work => FindForChangeAsync(work, id, user, request), "DELETE FROM documents WHERE id = @id", id, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await context.ForgetAsync(document!);
        if (document!.ObjectKey is { } key)
        {
            await ledger.TryRemoveAsync(key);
        }

        return TypedResults.NoContent();
    }

    /// <summary>With <c>?v=</c> the document's hash, the URL is that of these very bytes and may be cached for ever.</summary>
    private static async Task<Results<StoredObjectResult, ObjectRedirectResult, Problem>> GetContent(
        Guid id, string? v, HttpResponse response, CurrentUser user, DocumentStore documents, DocumentContent contents, IUrlSigner signer,
        IOptions<DocumentOptions> options, CancellationToken cancellation)
    {
        if (await documents.FindAsync(id, user.Id, cancellation) is not { } document)
        {
            return Problem.NotFound();
        }

        // One whose bytes are in the database has no URL to be sent to.
        if (options.Value.Delivery == ObjectDelivery.Redirect && document.ObjectKey is { } key)
        {
            return new ObjectRedirectResult(signer, key) { FileName = document.Filename, ContentType = document.ContentType, Lifetime = UrlLifetime };
        }

        var content = contents.Open(document);
        response.RegisterForDisposeAsync(content);
        return new StoredObjectResult(content, document.ObjectKey ?? "content")
        {
            FileName = document.Filename,
            ContentType = document.ContentType,
            CacheControl = v is not null && v == document.Sha256 ? "private, max-age=31536000, immutable" : "private, no-cache",
        };
    }

    private static async Task<Results<Ok<SignedUrlResponse>, Problem>> GetUrl(
        Guid id, CurrentUser user, DocumentStore documents, DocumentContent contents, IUrlSigner signer, CancellationToken cancellation)
    {
        if (await documents.FindAsync(id, user.Id, cancellation) is not { } found)
        {
            return Problem.NotFound();
        }

        // A URL is of an object, so a document that has none yet gets it now.
        var (document, problem) = await contents.StoreAsync(found, user.Id, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        var signed = await signer.SignGetAsync(document!.ObjectKey!, UrlLifetime, new SignedGetOptions { FileName = document.Filename, ContentType = document.ContentType }, cancellation);
        return TypedResults.Ok(new SignedUrlResponse(signed.Url.ToText(), signed.ExpiresAt));
    }

    private static async Task<bool> MayEditSpaceAsync(UnitOfWork work, Guid spaceId, CurrentUser user) =>
        await Places.SpaceRoleAsync(work, spaceId, user.Id) is { } role && Roles.CanEdit(role);

    private static async Task<(DocumentResource? Document, Problem? Problem)> FindForChangeAsync(UnitOfWork work, Guid id, CurrentUser user, HttpRequest request)
    {
        var document = await DocumentStore.FindForChangeAsync(work, id, user.Id);
        return document is null ? (null, Problem.NotFound())
            : document.Rank > 2 ? (null, Problem.Forbidden())
            : (document, request.CheckIfMatch(document));
    }
}
