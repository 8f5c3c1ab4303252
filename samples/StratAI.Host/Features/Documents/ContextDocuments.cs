using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Host.Features.Spaces;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// The documents that a prompt draws on. Which a place holds, what each is, and their texts are cached apart from who may see them, so that
/// the members of a space share them; a document's text never changes.
/// </summary>
internal sealed class ContextDocuments(AppDatabase database, HybridCache cache, AreaStore areas, SpaceStore spaces)
{
    private const int MaximumDocuments = 200;
    private const int MaximumCharacters = 2_000_000;
    private const string Columns = "d.id, d.user_id, d.space_id, d.area_id, d.filename, length(d.text) AS characters, d.created_at";

    private readonly HybridCacheEntryOptions _cached = cache.Profile("documents");

    /// <summary>
    /// The documents that were asked for, then the area's, then the space's; of several with one filename the first, as long as they fit. Without an
    /// area, all documents of the space are its context. What the user cannot see is left out.
    /// </summary>
    public async Task<IReadOnlyList<ContextDocument>> LoadAsync(string userId, Place place, IReadOnlyList<Guid> asked, CancellationToken cancellation)
    {
        var found = new List<ContextDocument>(await FindVisibleAsync(asked, userId, cancellation));
        if (place.AreaId is { } area && await areas.FindAsync(area, userId, cancellation) is not null)
        {
            found.AddRange(await ListAsync(area, "d.area_id = @id", "area", cancellation));
        }

        if (place.SpaceId is { } space && await spaces.FindAsync(space, userId, cancellation) is not null)
        {
            found.AddRange(place.AreaId is null
                ? await ListAsync(space, "d.space_id = @id", "space", cancellation)
                : await ListAsync(space, "d.space_id = @id AND d.area_id IS NULL", "space-alone", cancellation));
        }

        var chosen = Choose(found);
        var texts = await LoadTextsAsync(chosen, cancellation);
        return [.. chosen.Where(document => texts.ContainsKey(document.Id)).Select(document => document with { Text = texts[document.Id] })];
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

        var visible = new List<ContextDocument>();
        foreach (var document in known.Values.OrderBy(document => document.CreatedAt).ThenBy(document => document.Id))
        {
            if ((document.SpaceId is null && document.UserId == userId)
                || (document.SpaceId is { } space && await spaces.FindAsync(space, userId, cancellation) is not null)
                || (document.AreaId is { } area && await areas.FindAsync(area, userId, cancellation) is not null))
            {
                visible.Add(document);
            }
        }

        return visible;
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

    private ValueTask<ContextDocument[]> ListAsync(Guid id, string condition, string what, CancellationToken cancellation) => cache.GetOrCreateAsync(
        CacheScope.Everybody.Key("documents", what, $"{id}"),
        (database, id, condition),
        static async (state, token) => (await state.database.QueryAsync<ContextDocument>(
            $"SELECT {Columns} FROM documents d WHERE d.text IS NOT NULL AND {state.condition} ORDER BY d.created_at, d.id LIMIT {MaximumDocuments}",
            new { state.id },
            token)).ToArray(),
        _cached,
        [PlaceTag(id)],
        cancellation);

    private ValueTask<IReadOnlyDictionary<Guid, string>> LoadTextsAsync(IReadOnlyList<ContextDocument> documents, CancellationToken cancellation)
    {
        var places = documents.ToDictionary(document => document.Id);
        return cache.GetOrCreateManyAsync(
            places.Keys,
            id => CacheScope.Everybody.Key("document-text", $"{id}").Value,
            async (missing, token) =>
            {
                var rows = await database.QueryAsync<ContextDocument>(
                    $"SELECT d.id, d.text FROM documents d WHERE d.text IS NOT NULL AND {database.Dialect.In("d.id", "@ids")}",
                    new { ids = database.Dialect.List(missing) },
                    token);
                return (IReadOnlyDictionary<Guid, string>)rows.ToDictionary(row => row.Id, row => row.Text);
            },
            _cached,
            id => [DocumentTag(id), .. PlaceTags(places[id].SpaceId, places[id].AreaId)],
            cancellation);
    }

    private static List<ContextDocument> Choose(IEnumerable<ContextDocument> found)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var left = MaximumCharacters;
        var chosen = new List<ContextDocument>();
        foreach (var document in found.Where(document => document.Characters is not null))
        {
            if (document.Characters <= left && chosen.Count < MaximumDocuments && names.Add(document.Filename))
            {
                chosen.Add(document);
                left -= document.Characters.Value;
            }
        }

        return chosen;
    }

    private static IEnumerable<string> PlaceTags(Guid? spaceId, Guid? areaId) =>
        new[] { spaceId, areaId }.OfType<Guid>().Select(PlaceTag);

    private static string PlaceTag(Guid id) => $"documents-in:{id}";

    private static string DocumentTag(Guid id) => $"document:{id}";
}

/// <summary>What a prompt needs to know of a document.</summary>
internal sealed record ContextDocument
{
    public Guid Id { get; init; }

    public string UserId { get; init; } = "";

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public string Filename { get; init; } = "";

    /// <summary>The length of its text; null where it has none.</summary>
    public int? Characters { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string Text { get; init; } = "";
}
