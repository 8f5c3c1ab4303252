using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Documents;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Spaces;

internal static class SpaceEndpoints
{
    private const string Kept = "private, max-age=60";

    public static void MapSpaces(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/spaces").WithTags("Spaces").ForgetsToolResults(ToolSubject.Documents);
        group.MapGet("", List).WithPageOrder(SpaceResource.Order).WithCacheControl(Kept).WithSummary("The spaces you are a member of.");
        group.MapPost("", Create).Idempotent().WithSummary("Makes a space that you own.");
        group.MapGet("/{id:guid}", Get).WithCacheControl(Kept);
        group.MapPatch("/{id:guid}", Patch).WithCacheControl(Kept).WithSummary("Changes a space; editors and owners.");
        group.MapDelete("/{id:guid}", Delete).WithSummary("Deletes a space with its areas, documents and pages; owners.");
        group.MapMembers();
    }

    private static Task<Results<PageResult<SpaceResource>, Problem>> List(PageRequest page, CurrentUser user, PageReader pages, CancellationToken cancellation) =>
        pages.ReadAsync(SpaceResource.Order, page, new PageScope("spaces", user.Id), SpaceStore.Columns, SpaceStore.Mine, "TRUE", new { userId = user.Id }, cancellation);

    private static async Task<CreatedResource<SpaceResource>> Create(
        SpaceBody body, CurrentUser user, AppDatabase database, TimeProvider time, Creation creation, CancellationToken cancellation)
    {
        var now = time.Now();
        var space = new SpaceResource { Id = time.NewId(), Name = body.Name, Description = body.Description, Role = Roles.Owner, CreatedAt = now, UpdatedAt = now };
        return await database.WriteAsync(
            async work =>
            {
                await work.ExecuteAsync("INSERT INTO spaces (id, name, description, created_at, updated_at) VALUES (@Id, @Name, @Description, @CreatedAt, @UpdatedAt)", space);
                await work.ExecuteAsync(
                    "INSERT INTO space_members (space_id, user_id, role, created_at, updated_at) VALUES (@Id, @userId, @Role, @CreatedAt, @UpdatedAt)",
                    new { space.Id, userId = user.Id, space.Role, space.CreatedAt, space.UpdatedAt });
                return await creation.AnswerAsync(work, Resource.Created($"/api/spaces/{space.Id}", space));
            },
            cancellation);
    }

    private static async Task<Results<Resource<SpaceResource>, Problem>> Get(Guid id, CurrentUser user, SpaceStore spaces, CancellationToken cancellation) =>
        await spaces.FindAsync(id, user.Id, cancellation) is { } space
            ? Resource.Of(space)
            : Problem.NotFound();

    private static async Task<Results<Resource<SpaceResource>, Problem>> Patch(
        Guid id, MergePatch<SpaceBody> patch, HttpRequest request, CurrentUser user, AppDatabase database, SpaceStore spaces,
        TimeProvider time, CancellationToken cancellation)
    {
        var (space, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request, Roles.CanEdit),
            async (work, space) =>
            {
                var (body, problem) = patch.Apply(new() { Name = space.Name, Description = space.Description });
                space = space with { Name = body.Name, Description = body.Description, UpdatedAt = time.Now() };
                if (problem is null)
                {
                    await work.ExecuteAsync("UPDATE spaces SET name = @Name, description = @Description, updated_at = @UpdatedAt WHERE id = @Id", space);
                }

                return (space, problem);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await spaces.ForgetAsync(id);
        return Resource.Of(space!);
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, HttpRequest request, CurrentUser user, AppDatabase database, SpaceStore spaces, AreaStore areas,
        ContextDocuments documents, CancellationToken cancellation)
    {
        IReadOnlyList<Guid> gone = [];
        var (_, problem) = await database.ChangeAsync(
            work => FindForChangeAsync(work, id, user, request, role => role == Roles.Owner),
            async (work, space) =>
            {
                gone = await work.QueryAsync<Guid>("SELECT id FROM areas WHERE space_id = @id", new { id });
                await work.ExecuteAsync("DELETE FROM spaces WHERE id = @id", new { id });
                return (space, null);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await spaces.ForgetAsync(id);
        await areas.ForgetAsync(gone);
        await documents.ForgetPlacesAsync(id, gone);
        return TypedResults.NoContent();
    }

    private static async Task<(SpaceResource? Space, Problem? Problem)> FindForChangeAsync(
        UnitOfWork work, Guid id, CurrentUser user, HttpRequest request, Func<string, bool> allowed)
    {
        var space = await work.FindAsync<SpaceResource>($"SELECT {SpaceStore.Columns} FROM {SpaceStore.Mine} WHERE s.id = @id{work.Dialect.ForUpdate}", new { id, userId = user.Id });
        return space is null ? (null, Problem.NotFound())
            : !allowed(space.Role) ? (null, Problem.Forbidden())
            : (space, request.CheckIfMatch(space));
    }
}
