using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using StratAI.Caching;
using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Spaces;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// The documents that a prompt draws on. What a place holds is cached apart from who may see it, so that the members of a space share it; a document's
/// text never changes.
/// </summary>
internal sealed class ContextDocuments(AppDatabase database, HybridCache cache, AreaStore areas, SpaceStore spaces, IOptions<ChatSettings> settings)
{
    private const int MaximumDocuments = 200;
    private const string Columns = "d.id, d.user_id, d.space_id, d.area_id, d.filename, length(d.text) AS characters, d.created_at";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("documents");
    private readonly int _budget = settings.Value.DocumentBytes;

    /// <summary>
    /// The documents that were asked for, then the area's, then the space's; of several with one filename the first, and the newest of a place. Without an
    /// area, all documents of the space are its context. Where there is no room for all, the older ones of a place are left out. What the user cannot see is
    /// left out in any case.
    /// </summary>
    public async Task<IReadOnlyList<ContextDocument>> LoadAsync(string userId, Place place, IReadOnlyList<Guid> asked, CancellationToken cancellation)
    {
        var parts = new List<PlacePart>(2);
        if (place.AreaId is { } area && await areas.FindAsync(area, userId, cancellation) is not null)
        {
            parts.Add(new("area", area));
        }

        if (place.SpaceId is { } space && await spaces.FindAsync(space, userId, cancellation) is not null)
        {
            parts.Add(new(place.AreaId is null ? "space" : "space-alone", space));
        }

        var held = await LoadPlacesAsync(parts, cancellation);
        var room = new DocumentRoom(_budget);
        var chosen = room.Take(await LoadAskedAsync(userId, asked, cancellation));
        foreach (var part in parts)
        {
            // By age in the prompt: a new document comes behind the others, and what a provider has cached of them stays good.
            chosen = [.. chosen, .. room.Take(held[part]).Reverse()];
        }

        return chosen;
    }

    /// <summary>Of these documents those that the user can see, oldest first.</summary>
    public async Task<IReadOnlyList<ContextDocument>> FindVisibleAsync(IReadOnlyList<Guid> ids, string userId, CancellationToken cancellation)
    {
        var known = await cache.GetOrCreateManyAsync(
            ids,
            id => CacheScope.Everybody.Key("document", $"{id}").Value,
            async (missing, token) =>
            {
                var rows = await database.QueryAsync<ContextDocument>(
                    $"SELECT {Columns} FROM documents d WHERE {database.Dialect.In("d.id", "@ids")}", new { ids = database.Dialect.List(missing) }, token);
                return (IReadOnlyDictionary<Guid, ContextDocument>)rows.ToDictionary(row => row.Id);
            },
            _cached,
            id => [DocumentTag(id)],
            cancellation);

        var inSpaces = await spaces.FindManyAsync(known.Values.Select(document => document.SpaceId).OfType<Guid>(), userId, cancellation);
        var inAreas = await areas.FindManyAsync(known.Values.Select(document => document.AreaId).OfType<Guid>(), userId, cancellation);
        return
        [
            .. known.Values
                .Where(document => (document.SpaceId is null && document.UserId == userId)
                    || (document.SpaceId is { } space && inSpaces[space] is not null)
                    || (document.AreaId is { } area && inAreas[area] is not null))
                .OrderBy(document => document.CreatedAt).ThenBy(document => document.Id),
        ];
    }

    /// <summary>Drops what is cached of a document that has come, gone or changed: as it was, as it is, or both.</summary>
    public ValueTask ForgetAsync(params ReadOnlySpan<DocumentResource> versions)
    {
        var tags = new HashSet<string>();
        foreach (var version in versions)
        {
            tags.Add(DocumentTag(version.Id));
            tags.UnionWith(PlaceTags(version.SpaceId, version.AreaId));
        }

        return cache.RemoveByTagAsync(tags, CancellationToken.None);
    }

    /// <summary>Drops what is cached of the documents in a place that is gone.</summary>
    public ValueTask ForgetPlacesAsync(Guid spaceId, IEnumerable<Guid> areaIds) =>
        cache.RemoveByTagAsync(areaIds.Append(spaceId).Select(PlaceTag), CancellationToken.None);

    /// <summary>Of whatever is cached of the documents in a space or an area.</summary>
    public static string PlaceTag(Guid id) => $"documents-in:{id}";

    private async Task<IReadOnlyList<ContextDocument>> LoadAskedAsync(string userId, IReadOnlyList<Guid> asked, CancellationToken cancellation)
    {
        var visible = (await FindVisibleAsync(asked, userId, cancellation)).Where(document => document.Characters is not null).ToDictionary(document => document.Id);
        var texts = await cache.GetOrCreateManyAsync(
            visible.Keys,
            id => CacheScope.Everybody.Key("document-text", $"{id}").Value,
            async (missing, token) =>
            {
                var rows = await database.QueryAsync<ContextDocument>(
                    $"SELECT d.id, substr(d.text, 1, @budget) AS text FROM documents d WHERE d.text IS NOT NULL AND {database.Dialect.In("d.id", "@ids")}",
                    new { budget = _budget, ids = database.Dialect.List(missing) },
                    token);
                return (IReadOnlyDictionary<Guid, string>)rows.ToDictionary(row => row.Id, row => row.Text);
            },
            _cached,
            id => [DocumentTag(id), .. PlaceTags(visible[id].SpaceId, visible[id].AreaId)],
            cancellation);
        return [.. visible.Values.Where(document => texts.ContainsKey(document.Id)).Select(document => document with { Text = texts[document.Id] })];
    }

    /// <summary>What the places hold, newest first, with as much of their texts as a prompt can take: by one statement for all that the cache does not have.</summary>
    private ValueTask<IReadOnlyDictionary<PlacePart, ContextDocument[]>> LoadPlacesAsync(IReadOnlyList<PlacePart> parts, CancellationToken cancellation) =>
        cache.GetOrCreateManyAsync(
            parts,
            part => CacheScope.Everybody.Key("place-documents", part.Kind, $"{part.Id}").Value,
            async (missing, token) =>
            {
                var rows = await database.QueryAsync<PlacedDocument>(
                    string.Join("\nUNION ALL\n", missing.Select((part, number) => PlacedDocument.Select(part.Kind, number, MaximumDocuments))),
                    new { budget = _budget, id0 = missing[0].Id, id1 = missing[^1].Id },
                    token);
                var byPart = rows.ToLookup(row => row.Part, row => row.Document);
                return (IReadOnlyDictionary<PlacePart, ContextDocument[]>)missing.Select((part, number) => (part, number))
                    .ToDictionary(item => item.part, item => byPart[item.number].OrderByDescending(document => document.CreatedAt).ThenByDescending(document => document.Id).ToArray());
            },
            _cached,
            part => [PlaceTag(part.Id)],
            cancellation);

    private static IEnumerable<string> PlaceTags(Guid? spaceId, Guid? areaId) =>
        new[] { spaceId, areaId }.OfType<Guid>().Select(PlaceTag);

    private static string DocumentTag(Guid id) => $"document:{id}";

    private readonly record struct PlacePart(string Kind, Guid Id);
}
