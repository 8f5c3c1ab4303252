using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Features.Spaces;

namespace StratAI.Host.Features.Areas;

/// <summary>Where something is kept: in an area and its space, in a space, or nowhere but with its owner.</summary>
internal readonly record struct Place(Guid? SpaceId, Guid? AreaId);

/// <summary>Checks the place that a request names against what its sender may do there.</summary>
internal sealed class Places(AppDatabase database, AreaStore areas)
{
    public async Task<(Place Place, Problem? Problem)> FindAsync(Guid? spaceId, Guid? areaId, string userId, bool forEditing, CancellationToken cancellation)
    {
        if (areaId is not null)
        {
            var area = await areas.FindAsync(areaId.Value, userId, cancellation);
            return area is null ? (default, Problem.Validation("areaId", "There is no such area."))
                : spaceId is not null && spaceId != area.SpaceId ? (default, Problem.Validation("areaId", "The area is not in that space."))
                : forEditing && !area.CanEdit ? (default, Problem.Forbidden())
                : (new(area.SpaceId, area.Id), null);
        }

        if (spaceId is null)
        {
            return (default, null);
        }

        var role = await SpaceRoleAsync(spaceId.Value, userId, cancellation);
        return role is null ? (default, Problem.Validation("spaceId", "There is no such space."))
            : forEditing && !Roles.CanEdit(role) ? (default, Problem.Forbidden())
            : (new(spaceId, null), null);
    }

    /// <summary>The user's role in the space, or null when the user is no member.</summary>
    public Task<string?> SpaceRoleAsync(Guid spaceId, string userId, CancellationToken cancellation) =>
        database.FindAsync<string>("SELECT role FROM space_members WHERE space_id = @spaceId AND user_id = @userId", new { spaceId, userId }, cancellation);
}
