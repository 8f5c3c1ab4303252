using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Pages;

internal static class PageEndpoints
{
    public static void MapPages(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/pages").WithTags("Pages");
        group.MapGet("", List).WithPageOrder(PageSummary.Order).WithSummary("The pages you can see, without their content; q searches titles and contents.");
        group.MapPost("", Create).Idempotent();
        group.MapGet("/{id:guid}", Get);
        group.MapPatch("/{id:guid}", Patch).WithSummary("Makes a new version of a page; needs If-Match.");
        group.MapDelete("/{id:guid}", Delete).WithSummary("Deletes a page with its versions.");
        group.MapPageVersions();
    }

    private static async Task<Results<PageResult<PageSummary>, Problem>> List(
        Guid? spaceId, Guid? areaId, string? q, PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation)
    {
        if (SearchFilter.Check(q) is { } problem)
        {
            return problem;
        }

        var where = string.Join(" AND ", new[]
        {
            PageStore.Visible,
            spaceId is null ? null : "p.space_id = @spaceId",
            areaId is null ? null : "p.area_id = @areaId",
            SearchFilter.Where(pages.Dialect, q, "pages", "p"),
        }.OfType<string>());
        return await pages.ReadAsync(
            PageSummary.Order, page, new PageScope("pages", user.Id, $"{spaceId}\n{areaId}\n{q}"),
            PageSummary.Columns, "pages p", where, new { userId = user.Id, spaceId, areaId, term = pages.Dialect.SearchTerm(q ?? "") }, cancellation);
    }

    private static async Task<Results<CreatedResource<PageResource>, Problem>> Create(
        PageBody body, CurrentUser user, AppDatabase database, Places places, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var (place, problem) = await places.FindAsync(body.SpaceId, body.AreaId, user.Id, forEditing: true, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        var page = PageResource.Create(body, place, user.Id, time);
        return await database.WriteAsync(
            async work =>
            {
                await PageStore.AddAsync(work, page);
                return await creation.AnswerAsync(work, Resource.Created($"/api/pages/{page.Id}", page));
            },
            cancellation);
    }

    private static async Task<Results<Resource<PageResource>, Problem>> Get(
        Guid id, CurrentUser user, PageStore pages, CancellationToken cancellation) =>
        await pages.FindAsync(id, user.Id, cancellation) is { } page ? Resource.Of(page) : Problem.NotFound();

    private static async Task<Results<Resource<PageResource>, Problem>> Patch(
        Guid id, MergePatch<PageBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, TimeProvider time,
        CancellationToken cancellation)
    {
        var (page, problem) = await database.ChangeAsync(
            async work =>
            {
                var (page, problem) = await FindForChangeAsync(work, id, user, request);
                return problem is null && request.Headers.IfMatch.Count == 0 ? (page, Problem.PreconditionRequired()) : (page, problem);
            },
            async (work, page) =>
            {
                var (body, problem) = patch.Apply(page.ToBody());
                var place = page.Place;
                if (problem is null && new Place(body.SpaceId, body.AreaId) != place)
                {
                    (place, problem) = await MoveAsync(work, page, body, user);
                }

                if (problem is null)
                {
                    page = page.Next(body.Title, PageContent.Write(body.Content), place, time.Now());
                    await PageStore.UpdateAsync(work, page, user.Id);
                }

                return (page, problem);
            },
            cancellation);
        return problem is null ? Resource.Of(page!) : problem;
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, HttpRequest request, CurrentUser user, AppDatabase database, CancellationToken cancellation)
    {
        var (_, problem) = await database.DeleteAsync(
            work => FindForChangeAsync(work, id, user, request), "DELETE FROM pages WHERE id = @id", id, cancellation);
        return problem is null ? TypedResults.NoContent() : problem;
    }

    public static async Task<(PageResource? Page, Problem? Problem)> FindForChangeAsync(
        UnitOfWork work, Guid id, CurrentUser user, HttpRequest request)
    {
        var page = await PageStore.FindForChangeAsync(work, id, user.Id);
        return page is null ? (null, Problem.NotFound())
            : page.Rank > 2 ? (null, Problem.Forbidden())
            : (page, request.CheckIfMatch(page));
    }

    /// <summary>Where the page goes, if the user may take it away from where it is and may change what is there.</summary>
    private static async Task<(Place Place, Problem? Problem)> MoveAsync(
        UnitOfWork work, PageResource page, PageBody body, CurrentUser user)
    {
        var (place, problem) = await Places.FindForChangeAsync(work, body.SpaceId, body.AreaId, user.Id);
        var staysInSpace = problem is null && place.SpaceId == page.SpaceId && place.AreaId is not null;
        if (page.SpaceId is { } space && !staysInSpace)
        {
            // One who edits a shared area may not move what is in it to where only the space's members are, or out of the space.
            // Outside of any, a page is its creator's alone: nobody else can want it there.
            var role = await Places.SpaceRoleAsync(work, space, user.Id);
            if (role is null || !Roles.CanEdit(role) || (body is { SpaceId: null, AreaId: null } && page.UserId != user.Id))
            {
                problem = Problem.Forbidden();
            }
        }

        return (place, problem);
    }
}
