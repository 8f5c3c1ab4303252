using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;
using StratAI.Host.Database;
using StratAI.Host.Features.Chat.Local;
using StratAI.Host.Features.Documents;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>Finds documents by what they say, and the passages that say it.</summary>
internal sealed class DocumentSearch(AppDatabase database, HybridCache cache)
{
    public const int MaximumDocuments = 10;

    // As far as the full-text index reads.
    private const int MaximumCharacters = 200_000;

    private readonly HybridCacheEntryOptions _cached = cache.Profile("area");

    /// <summary>The newest documents that hold all words, of those that the user can see, with their best passages.</summary>
    public async Task<IEnumerable<FoundDocument>> FindAsync(string userId, string query, CancellationToken cancellation)
    {
        var filter = new DocumentFilter(null, null, null, query, null);
        var rows = await database.QueryAsync<Row>(
            $"""
            SELECT d.id, d.filename, substr(coalesce(d.text, ''), 1, {MaximumCharacters}) AS text FROM documents d
            WHERE {filter.Where(database.Dialect)} ORDER BY d.created_at DESC, d.id DESC LIMIT {MaximumDocuments + 1}
            """,
            filter.Parameters(userId, database.Dialect),
            cancellation);
        var question = Question.Parse(query);
        return rows.Select(row =>
        {
            var passages = PassageRanking.Rank([new(row.Filename, row.Text, row.Text.Length)], question, cancellation);
            return new FoundDocument(row.Id, row.Filename, [.. passages.Select(passage => ToolResult.Shorten(passage.Text.ToString()))]);
        });
    }

    /// <summary>Of what a search of the user's reads: their own documents, and those of every space and area they can see.</summary>
    public async ValueTask<IEnumerable<string>> TagsAsync(string userId, CancellationToken cancellation)
    {
        var own = ToolResults.TagOf(userId, ToolSubject.Documents);
        var places = await cache.GetOrCreateAsync(
            CacheScope.User(userId).Key("document-places"),
            (database, userId),
            static async (state, token) => (await state.database.QueryAsync<Guid>(
                "SELECT space_id FROM space_members WHERE user_id = @userId UNION SELECT area_id FROM area_shares WHERE user_id = @userId", new { state.userId }, token)).ToArray(),
            _cached,
            [own],
            cancellation);
        return places.Select(ContextDocuments.PlaceTag).Prepend(own);
    }

    private sealed record Row
    {
        public Guid Id { get; init; }

        public string Filename { get; init; } = "";

        public string Text { get; init; } = "";
    }
}

internal sealed record FoundDocument(Guid Id, string Filename, IReadOnlyList<string> Passages);
