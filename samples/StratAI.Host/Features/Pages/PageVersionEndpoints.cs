using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Pages;

internal static class PageVersionEndpoints
{
    public static void MapPageVersions(this RouteGroupBuilder pages)
    {
        pages.MapGet("/{id:guid}/versions", List).WithPageOrder(PageVersionSummary.Order)
            .WithSummary("The versions of a page, without their content.");
        pages.MapGet("/{id:guid}/versions/{n:int}", Get);
        pages.MapPost("/{id:guid}/versions/{n:int}/restore", Restore).Idempotent()
            .WithSummary("Makes a new version with an old one's title and content.");
    }

    private static async Task<Results<PageResult<PageVersionSummary>, Problem>> List(
        Guid id, PageRequest page, CurrentUser user, PageStore store, PageReader pages, CancellationToken cancellation) =>
        await store.IsVisibleAsync(id, user.Id, cancellation)
            ? await pages.ReadAsync(
                PageVersionSummary.Order, page, new PageScope($"pages/{id}/versions", user.Id),
                PageVersionSummary.Columns, "page_versions v", "v.page_id = @id", new { id }, cancellation)
            : Problem.NotFound();

    private static async Task<Results<Resource<PageVersionResource>, Problem>> Get(
        Guid id, int n, CurrentUser user, PageStore pages, CancellationToken cancellation) =>
        await pages.FindVersionAsync(id, n, user.Id, cancellation) is { } version ? Resource.Of(version) : Problem.NotFound();

    private static async Task<Results<CreatedResource<PageResource>, Problem>> Restore(
        Guid id, int n, HttpRequest request, CurrentUser user, AppDatabase database, TimeProvider time, Creation creation,
        CancellationToken cancellation)
    {
        var (page, problem) = await database.ChangeAsync<PageResource>(
            work => PageEndpoints.FindForChangeAsync(work, id, user, request),
            async (work, page) =>
            {
                if (await PageStore.FindVersionAsync(work, id, n, user.Id) is not { } version)
                {
                    return (page, Problem.NotFound());
                }

                page = page.Next(version.Title, version.ContentText, page.Place, time.Now());
                await PageStore.UpdateAsync(work, page, user.Id);
                await creation.AnswerAsync(work, Resource.Created($"/api/pages/{id}", page));
                return (page, null);
            },
            cancellation);
        return problem is null ? Resource.Created($"/api/pages/{id}", page!) : problem;
    }
}
