using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;

namespace StratAI.Host.Features.Areas;

/// <summary>Areas as their readers see them, cached and dropped when the area, its shares or its space's members change.</summary>
internal sealed class AreaStore(AppDatabase database, HybridCache cache)
{
    private const string Select =
        AreaAccess.Cte
        + $"\nSELECT {AreaResource.Columns}, access.rank FROM areas a JOIN access ON access.area_id = a.id WHERE ";

    private const string ById = "a.id = @id";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("area");

    /// <summary>The area with the user's rights in it, or null when the user may not see it.</summary>
    public ValueTask<AreaAccess?> FindAsync(Guid id, string userId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        CacheScope.User(userId).Key("area", $"{id}"),
        (database, id, userId),
        static (state, token) => new ValueTask<AreaAccess?>(state.database.FindAsync<AreaAccess>(Select + ById, new { state.id, state.userId }, token)),
        _cached,
        [CacheTag(id)],
        cancellation);

    /// <summary>The same of many, by one statement for all that the cache does not have.</summary>
    public ValueTask<IReadOnlyDictionary<Guid, AreaAccess?>> FindManyAsync(IEnumerable<Guid> ids, string userId, CancellationToken cancellation) => cache.GetOrCreateManyAsync(
        ids,
        id => CacheScope.User(userId).Key("area", $"{id}").Value,
        async (missing, token) =>
        {
            var found = (await database.QueryAsync<AreaAccess>(
                Select + database.Dialect.In("a.id", "@ids"), new { ids = database.Dialect.List(missing), userId }, token)).ToDictionary(area => area.Id);
            return (IReadOnlyDictionary<Guid, AreaAccess?>)missing.ToDictionary(id => id, id => found.GetValueOrDefault(id));
        },
        _cached,
        id => [CacheScope.User(userId).Tag, CacheTag(id)],
        cancellation);

    /// <summary>One of them from the database, inside a transaction that is about to change something.</summary>
    public static Task<AreaAccess?> FindForChangeAsync(UnitOfWork work, Guid id, string userId) => work.FindAsync<AreaAccess>(Select + ById, new { id, userId });

    /// <summary>Drops what is cached of these areas, on every instance.</summary>
    public ValueTask ForgetAsync(IEnumerable<Guid> areas) => cache.RemoveByTagAsync(areas.Select(CacheTag), CancellationToken.None);

    /// <summary>Drops everything that is cached of one user, whose roles have changed.</summary>
    public ValueTask ForgetAccessAsync(string userId) => cache.EvictAsync(CacheScope.User(userId), CancellationToken.None);

    private static string CacheTag(Guid id) => $"area:{id}";
}
