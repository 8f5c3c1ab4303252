using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;

namespace StratAI.Host.Features.Spaces;

/// <summary>Spaces as their members see them, cached and dropped when the space or its members change.</summary>
internal sealed class SpaceStore(AppDatabase database, HybridCache cache)
{
    public const string Columns = "s.id, s.name, s.description, m.role, s.created_at, s.updated_at";
    public const string Mine = "spaces s JOIN space_members m ON m.space_id = s.id AND m.user_id = @userId";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("space");

    /// <summary>The space with the user's role in it, or null when the user is no member.</summary>
    public ValueTask<SpaceResource?> FindAsync(Guid id, string userId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        CacheScope.User(userId).Key("space", $"{id}"),
        (database, id, userId),
        static (state, token) => new ValueTask<SpaceResource?>(state.database.FindAsync<SpaceResource>(
            $"SELECT {Columns} FROM {Mine} WHERE s.id = @id", new { state.id, state.userId }, token)),
        _cached,
        [CacheTag(id)],
        cancellation);

    /// <summary>The same of many, by one statement for all that the cache does not have.</summary>
    public ValueTask<IReadOnlyDictionary<Guid, SpaceResource?>> FindManyAsync(IEnumerable<Guid> ids, string userId, CancellationToken cancellation) => cache.GetOrCreateManyAsync(
        ids,
        id => CacheScope.User(userId).Key("space", $"{id}").Value,
        async (missing, token) =>
        {
            var found = (await database.QueryAsync<SpaceResource>(
                $"SELECT {Columns} FROM {Mine} WHERE {database.Dialect.In("s.id", "@ids")}", new { ids = database.Dialect.List(missing), userId }, token)).ToDictionary(space => space.Id);
            return (IReadOnlyDictionary<Guid, SpaceResource?>)missing.ToDictionary(id => id, id => found.GetValueOrDefault(id));
        },
        _cached,
        id => [CacheScope.User(userId).Tag, CacheTag(id)],
        cancellation);

    /// <summary>Drops what is cached of the space for all of its members, on every instance.</summary>
    public ValueTask ForgetAsync(Guid id) => cache.RemoveByTagAsync(CacheTag(id), CancellationToken.None);

    private static string CacheTag(Guid id) => $"space:{id}";
}
