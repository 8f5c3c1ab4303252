using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Spaces;

namespace StratAI.Host.Features.Areas;

/// <summary>Where something is kept: in an area and its space, in a space, or nowhere but with its owner.</summary>
internal readonly record struct Place(Guid? SpaceId, Guid? AreaId);

/// <summary>Checks the place that a request names against what its sender may do there.</summary>
internal sealed class Places(AppDatabase database, AreaStore areas, SpaceStore spaces)
{
    private const string SelectRole = "SELECT role FROM space_members WHERE space_id = @spaceId AND user_id = @userId";

    public async Task<(Place Place, Problem? Problem)> FindAsync(Guid? spaceId, Guid? areaId, string userId, bool forEditing, CancellationToken cancellation) =>
        areaId is { } area ? InArea(spaceId, await areas.FindAsync(area, userId, cancellation), forEditing)
        : spaceId is { } space ? InSpace(space, (await spaces.FindAsync(space, userId, cancellation))?.Role, forEditing)
        : (default, null);

    /// <summary>A place to move something to, from the database, inside the transaction that moves it.</summary>
    public static async Task<(Place Place, Problem? Problem)> FindForChangeAsync(UnitOfWork work, Guid? spaceId, Guid? areaId, string userId) =>
        areaId is { } area ? InArea(spaceId, await AreaStore.FindForChangeAsync(work, area, userId), forEditing: true)
        : spaceId is { } space ? InSpace(space, await SpaceRoleAsync(work, space, userId), forEditing: true)
        : (default, null);

    /// <summary>The user's role in the space, or null when the user is no member.</summary>
    public Task<string?> SpaceRoleAsync(Guid spaceId, string userId, CancellationToken cancellation) =>
        database.FindAsync<string>(SelectRole, new { spaceId, userId }, cancellation);

    public static Task<string?> SpaceRoleAsync(UnitOfWork work, Guid spaceId, string userId) => work.FindAsync<string>(SelectRole, new { spaceId, userId });

    private static (Place Place, Problem? Problem) InArea(Guid? spaceId, AreaAccess? area, bool forEditing) =>
        area is null ? (default, Problem.Validation("areaId", "There is no such area."))
        : spaceId is not null && spaceId != area.SpaceId ? (default, Problem.Validation("areaId", "The area is not in that space."))
        : forEditing && !area.CanEdit ? (default, Problem.Forbidden())
        : (new(area.SpaceId, area.Id), null);

    private static (Place Place, Problem? Problem) InSpace(Guid spaceId, string? role, bool forEditing) =>
        role is null ? (default, Problem.Validation("spaceId", "There is no such space."))
        : forEditing && !Roles.CanEdit(role) ? (default, Problem.Forbidden())
        : (new(spaceId, null), null);
}
