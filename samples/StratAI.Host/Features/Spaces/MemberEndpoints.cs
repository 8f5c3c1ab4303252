using Microsoft.AspNetCore.Http.HttpResults;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Pagination;

namespace StratAI.Host.Features.Spaces;

internal static class MemberEndpoints
{
    private const string Columns = "m.user_id, m.role, m.created_at, m.updated_at";

    public static void MapMembers(this RouteGroupBuilder spaces)
    {
        spaces.MapGet("/{id:guid}/members", List).WithPageOrder(MemberResource.Order);
        spaces.MapPut("/{id:guid}/members/{userId}", Put).WithSummary("Adds a member or changes a member's role; owners.");
        spaces.MapDelete("/{id:guid}/members/{userId}", Delete).WithSummary("Removes a member; owners, and members themselves.");
    }

    private static async Task<Results<PageResult<MemberResource>, Problem>> List(
        Guid id, PageRequest page, CurrentUser user, Places places, PageReader pages, CancellationToken cancellation) =>
        await places.SpaceRoleAsync(id, user.Id, cancellation) is null
            ? Problem.NotFound()
            : await pages.ReadAsync(
                MemberResource.Order, page, new PageScope($"spaces/{id}/members", user.Id), Columns, "space_members m", "m.space_id = @id", new { id }, cancellation);

    private static async Task<Results<Resource<MemberResource>, Problem>> Put(
        Guid id, string userId, MemberBody body, CurrentUser user, AppDatabase database, SpaceStore spaces, AreaStore areas,
        TimeProvider time, HttpRequest request, CancellationToken cancellation)
    {
        if (userId.Length > CurrentUser.MaximumIdLength)
        {
            return Problem.Validation("userId", $"A user id has at most {CurrentUser.MaximumIdLength} characters.");
        }

        var now = time.Now();
        var (member, problem) = await database.WriteAsync(
            async work =>
            {
                var (members, problem) = await LockAsync(work, id, user, userId, request);
                if (problem is null && body.Role != Roles.Owner && IsLastOwner(members, userId))
                {
                    problem = LastOwner();
                }

                var known = members.FirstOrDefault(member => member.UserId == userId);
                var changed = new MemberResource { UserId = userId, Role = body.Role, CreatedAt = known?.CreatedAt ?? now, UpdatedAt = now };
                if (problem is null)
                {
                    await work.ExecuteAsync(
                        """
                        INSERT INTO space_members (space_id, user_id, role, created_at, updated_at)
                        VALUES (@id, @UserId, @Role, @CreatedAt, @UpdatedAt)
                        ON CONFLICT (space_id, user_id) DO UPDATE SET role = excluded.role, updated_at = excluded.updated_at
                        """,
                        new { id, changed.UserId, changed.Role, changed.CreatedAt, changed.UpdatedAt });
                }

                return (changed, problem);
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await ForgetAsync(id, userId, spaces, areas);
        return Resource.Of(member);
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        Guid id, string userId, CurrentUser user, AppDatabase database, SpaceStore spaces, AreaStore areas, HttpRequest request,
        CancellationToken cancellation)
    {
        var problem = await database.WriteAsync(
            async work =>
            {
                var (members, problem) = await LockAsync(work, id, user, userId, request, oneself: true);
                problem ??= members.All(member => member.UserId != userId) ? Problem.NotFound() : IsLastOwner(members, userId) ? LastOwner() : null;
                if (problem is null)
                {
                    await work.ExecuteAsync("DELETE FROM space_members WHERE space_id = @id AND user_id = @userId", new { id, userId });
                }

                return problem;
            },
            cancellation);
        if (problem is not null)
        {
            return problem;
        }

        await ForgetAsync(id, userId, spaces, areas);
        return TypedResults.NoContent();
    }

    /// <summary>The members, locked with the space: of two owners who leave at once, one is the last.</summary>
    private static async Task<(IReadOnlyList<MemberResource> Members, Problem? Problem)> LockAsync(
        UnitOfWork work, Guid id, CurrentUser user, string userId, HttpRequest request, bool oneself = false)
    {
        await work.FindAsync<int?>($"SELECT 1 FROM spaces WHERE id = @id{work.Dialect.ForUpdate}", new { id });
        var members = await work.QueryAsync<MemberResource>($"SELECT {Columns} FROM space_members m WHERE m.space_id = @id", new { id });
        var caller = members.FirstOrDefault(member => member.UserId == user.Id);
        var target = members.FirstOrDefault(member => member.UserId == userId);
        var problem = caller is null ? Problem.NotFound()
            : caller.Role != Roles.Owner && !(oneself && userId == user.Id) ? Problem.Forbidden()
            : request.CheckIfMatch(target);
        return (members, problem);
    }

    /// <summary>Roles are part of what is cached of a space and of its areas.</summary>
    private static async Task ForgetAsync(Guid id, string userId, SpaceStore spaces, AreaStore areas)
    {
        await spaces.ForgetAsync(id);
        await areas.ForgetAccessAsync(userId);
    }

    private static bool IsLastOwner(IReadOnlyList<MemberResource> members, string userId) =>
        members.Where(member => member.Role == Roles.Owner).All(member => member.UserId == userId);

    private static Problem LastOwner() => new(409, "last-owner", "A space keeps at least one owner: make another member an owner first.");
}
