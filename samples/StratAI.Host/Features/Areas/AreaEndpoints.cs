using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Spaces;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Areas;

internal static class AreaEndpoints
{
    private const string Kept = "private, max-age=60";

    public static void MapAreas(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("Areas");
        group.MapGet("/spaces/{spaceId:guid}/areas", List).WithPageOrder(AreaResource.Order).WithCacheControl(Kept).WithSummary("The areas of a space you are a member of.");
        group.MapPost("/spaces/{spaceId:guid}/areas", Create).Idempotent().WithSummary("Makes an area; editors and owners of the space.");
        group.MapGet("/areas/{id:guid}", Get).WithCacheControl(Kept);
        group.MapPatch("/areas/{id:guid}", Patch).WithCacheControl(Kept).WithSummary("Changes an area; its editors and the owners of its space.");
        group.MapDelete("/areas/{id:guid}", Delete).WithSummary("Deletes an area with its documents and pages; editors and owners of its space.");
        group.MapPut("/areas/{id:guid}/shares/{userId}", Share).WithSummary("Opens the area to a user; owners of its space.");
        group.MapDelete("/areas/{id:guid}/shares/{userId}", Unshare).WithSummary("Takes a share back; owners of its space, and its user.");
    }

    private static async Task<Results<PageResult<AreaResource>, Problem>> List(
        Guid spaceId, PageRequest page, CurrentUser user, Places places, PageReader pages, CancellationToken cancellation) =>
        await places.SpaceRoleAsync(spaceId, user.Id, cancellation) is null
            ? Problem.NotFound()
            : await pages.ReadAsync(
                AreaResource.Order, page, new PageScope($"spaces/{spaceId}/areas", user.Id),
                AreaResource.Columns, "areas a", "a.space_id = @spaceId", new { spaceId }, cancellation);

    private static async Task<Results<CreatedResource<AreaResource>, Problem>> Create(
        Guid spaceId, AreaBody body, CurrentUser user, AppDatabase database, Places places, TimeProvider time, Creation creation,
        CancellationToken cancellation)
    {
        switch (await places.SpaceRoleAsync(spaceId, user.Id, cancellation))
        {
            case null: return Problem.NotFound();
            case var role when !Roles.CanEdit(role): return Problem.Forbidden();
        }

        var now = time.Now();
        var area = new AreaResource
        {
            Id = time.NewId(), SpaceId = spaceId, Name = body.Name, Description = body.Description, Instructions = body.Instructions, CreatedAt = now, UpdatedAt = now,
        };
        return await database.WriteAsync<Results<CreatedResource<AreaResource>, Problem>>(
            async work =>
            {
                // The space may have been deleted since the check: then there is no row to select from, and nothing is made.
                var made = await work.ExecuteAsync(
                    """
                    INSERT INTO areas (id, space_id, name, description, instructions, created_at, updated_at)
                    SELECT @Id, s.id, @Name, @Description, @Instructions, @CreatedAt, @UpdatedAt FROM spaces s WHERE s.id = @SpaceId
                    """,
                    area);
                return made == 1 ? await creation.AnswerAsync(work, Resource.Created($"/api/areas/{area.Id}", area)) : Problem.NotFound();
            },
            cancellation);
    }

    private static async Task<Results<Resource<AreaResource>, Problem>> Get(Guid id, CurrentUser user, AreaStore areas, CancellationToken cancellation) =>
        await areas.FindAsync(id, user.Id, cancellation) is { } area ? Resource.Of(area.ToResource()) : Problem.NotFound();

    private static async Task<Results<Resource<AreaResource>, Problem>> Patch(
        Guid id, MergePatch<AreaBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, AreaStore areas,
        TimeProvider time, CancellationToken cancellation)
    {
        var (area, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request, access => access.CanEdit),
            async (work, area) =>
            {
                var (body, problem) = patch.Apply(new() { Name = area.Name, Description = area.Description, Instructions = area.Instructions });
                area = area with { Name = body.Name, Description = body.Description, Instructions = body.Instructions, UpdatedAt = time.Now() };
                if (problem is null)
                {
                    await work.ExecuteAsync(
                        "UPDATE areas SET name = @Name, description = @Description, instructions = @Instructions, updated_at = @UpdatedAt WHERE id = @Id", area);
                }

                return (area, problem);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await areas.ForgetAsync([id]);
        return Resource.Of(area!.ToResource());
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, HttpRequest request, CurrentUser user, AppDatabase database, AreaStore areas, ContextDocuments documents, CancellationToken cancellation)
    {
        var (area, problem) = await database.DeleteAsync(
            work => FindForChangeAsync(work, id, user, request, access => access.CanEdit), "DELETE FROM areas WHERE id = @id", id, cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await areas.ForgetAsync([id]);
        await documents.ForgetPlacesAsync(area!.SpaceId, [id]);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Resource<ShareResource>, Problem>> Share(
        Guid id, string userId, ShareBody body, CurrentUser user, AppDatabase database, AreaStore areas, TimeProvider time, HttpRequest request,
        CancellationToken cancellation)
    {
        if (userId.Length > CurrentUser.MaximumIdLength)
        {
            return Problem.Validation("userId", $"A user id has at most {CurrentUser.MaximumIdLength} characters.");
        }

        var now = time.Now();
        var share = new ShareResource { UserId = userId, Role = body.Role, CreatedAt = now, UpdatedAt = now };
        var (_, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, null, access => access.IsOwner),
            async (work, area) =>
            {
                var known = await FindShareAsync(work, id, userId);
                if (request.CheckIfMatch(known) is { } stale)
                {
                    return (area, stale);
                }

                share = share with { CreatedAt = known?.CreatedAt ?? now };
                await work.ExecuteAsync(
                    """
                    INSERT INTO area_shares (area_id, user_id, role, created_at, updated_at)
                    VALUES (@id, @UserId, @Role, @CreatedAt, @UpdatedAt)
                    ON CONFLICT (area_id, user_id) DO UPDATE SET role = excluded.role, updated_at = excluded.updated_at
                    """,
                    new { id, share.UserId, share.Role, share.CreatedAt, share.UpdatedAt });
                return (area, null);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await areas.ForgetAccessAsync(userId);
        return Resource.Of(share);
    }

    private static async Task<Results<NoContent, Problem>> Unshare(
        Guid id, string userId, CurrentUser user, AppDatabase database, AreaStore areas, HttpRequest request, CancellationToken cancellation)
    {
        var (_, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, null, access => access.IsOwner || userId == user.Id),
            async (work, area) =>
            {
                var known = await FindShareAsync(work, id, userId);
                var problem = known is null ? Problem.NotFound() : request.CheckIfMatch(known);
                if (problem is null)
                {
                    await work.ExecuteAsync("DELETE FROM area_shares WHERE area_id = @id AND user_id = @userId", new { id, userId });
                }

                return (area, problem);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await areas.ForgetAccessAsync(userId);
        return TypedResults.NoContent();
    }

    private static Task<ShareResource?> FindShareAsync(UnitOfWork work, Guid id, string userId) => work.FindAsync<ShareResource>(
        "SELECT user_id, role, created_at, updated_at FROM area_shares WHERE area_id = @id AND user_id = @userId", new { id, userId });

    private static async Task<(AreaAccess? Area, Problem? Problem)> FindForChangeAsync(
        UnitOfWork work, Guid id, CurrentUser user, HttpRequest? request, Func<AreaAccess, bool> allowed)
    {
        // Locked by itself: PostgreSQL locks no rows of a grouped query.
        await work.FindAsync<int?>($"SELECT 1 FROM areas WHERE id = @id{work.Dialect.ForUpdate}", new { id });
        var area = await AreaStore.FindForChangeAsync(work, id, user.Id);
        return area is null ? (null, Problem.NotFound())
            : !allowed(area) ? (null, Problem.Forbidden())
            : (area, request?.CheckIfMatch(area.ToResource()));
    }
}
