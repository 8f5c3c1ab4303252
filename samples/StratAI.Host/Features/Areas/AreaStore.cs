using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Host.Database;

namespace StratAI.Host.Features.Areas;

/// <summary>Areas as their readers see them, cached for two minutes and dropped when the area, its shares or its space's members change.</summary>
internal sealed class AreaStore(AppDatabase database, HybridCache cache)
{
    private const string Select =
        AreaAccess.Cte
        + $"\nSELECT {AreaResource.Columns}, access.rank FROM areas a JOIN access ON access.area_id = a.id WHERE a.id = @id";

    private static readonly HybridCacheEntryOptions Cached = new() { Expiration = TimeSpan.FromMinutes(2) };

    /// <summary>The area with the user's rights in it, or null when the user may not see it.</summary>
    public ValueTask<AreaAccess?> FindAsync(Guid id, string userId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        $"area:{id}:{userId}",
        (database, id, userId),
        static (state, token) => new ValueTask<AreaAccess?>(state.database.FindAsync<AreaAccess>(Select, new { state.id, state.userId }, token)),
        Cached,
        [CacheTag(id), AccessTag(userId)],
        cancellation);

    /// <summary>The same from the database, inside a transaction that is about to change something.</summary>
    public static Task<AreaAccess?> FindForChangeAsync(UnitOfWork work, Guid id, string userId) => work.FindAsync<AreaAccess>(Select, new { id, userId });

    /// <summary>Drops what is cached of these areas, on every instance.</summary>
    public ValueTask ForgetAsync(IEnumerable<Guid> areas) => cache.RemoveByTagAsync(areas.Select(CacheTag), CancellationToken.None);

    /// <summary>Drops what is cached of all areas for one user, whose roles have changed.</summary>
    public ValueTask ForgetAccessAsync(string userId) => cache.RemoveByTagAsync(AccessTag(userId), CancellationToken.None);

    private static string CacheTag(Guid id) => $"area:{id}";

    private static string AccessTag(string userId) => $"area-access:{userId}";
}
