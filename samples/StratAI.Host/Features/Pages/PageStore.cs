using StratAI.Host.Database;
using StratAI.Host.Features.Areas;

namespace StratAI.Host.Features.Pages;

/// <summary>Pages and their versions.</summary>
internal sealed class PageStore(AppDatabase database)
{
    /// <summary>True for the pages <c>@userId</c> can see.</summary>
    public static readonly string Visible = PlaceAccess.Visible("p");

    private static readonly string Select =
        $"""
        SELECT {PageSummary.Columns}, v.content AS content_text
        FROM pages p JOIN page_versions v ON v.page_id = p.id AND v.version = p.version
        WHERE p.id = @id AND {Visible}
        """;

    private static readonly string SelectForChange =
        $"SELECT {PageSummary.Columns}, p.user_id, {PlaceAccess.Rank("p")} FROM pages p WHERE p.id = @id AND {Visible}";

    private static readonly string SelectVersion =
        $"""
        SELECT {PageVersionSummary.Columns}, v.content AS content_text FROM pages p JOIN page_versions v ON v.page_id = p.id
        WHERE p.id = @id AND v.version = @version AND {Visible}
        """;

    public Task<PageResource?> FindAsync(Guid id, string userId, CancellationToken cancellation) =>
        database.FindAsync<PageResource>(Select, new { id, userId }, cancellation);

    public async Task<bool> IsVisibleAsync(Guid id, string userId, CancellationToken cancellation) =>
        await database.FindAsync<int?>($"SELECT 1 FROM pages p WHERE p.id = @id AND {Visible}", new { id, userId }, cancellation)
            is not null;

    public Task<PageVersionResource?> FindVersionAsync(Guid id, int version, string userId, CancellationToken cancellation) =>
        database.FindAsync<PageVersionResource>(SelectVersion, new { id, version, userId }, cancellation);

    public static Task<PageVersionResource?> FindVersionAsync(UnitOfWork work, Guid id, int version, string userId) =>
        work.FindAsync<PageVersionResource>(SelectVersion, new { id, version, userId });

    /// <summary>
    /// The page, locked. Its content is read by a second statement, as the first may have waited for another change: joined, it would
    /// be looked for in the version that was current before.
    /// </summary>
    public static async Task<PageResource?> FindForChangeAsync(UnitOfWork work, Guid id, string userId)
    {
        var page = await work.FindAsync<PageResource>(SelectForChange + work.Dialect.ForUpdate, new { id, userId });
        if (page is null)
        {
            return null;
        }

        var content = await work.FindAsync<string>(
            "SELECT content FROM page_versions WHERE page_id = @Id AND version = @Version", new { page.Id, page.Version });
        return page with { ContentText = content! };
    }

    public static async Task AddAsync(UnitOfWork work, PageResource page)
    {
        await work.ExecuteAsync(
            """
            INSERT INTO pages (id, user_id, space_id, area_id, title, text, version, created_at, updated_at)
            VALUES (@Id, @UserId, @SpaceId, @AreaId, @Title, @Text, @Version, @CreatedAt, @UpdatedAt)
            """,
            page);
        await AddVersionAsync(work, page, page.UserId);
    }

    /// <summary>Stores the next version of a page that this transaction has locked.</summary>
    public static async Task UpdateAsync(UnitOfWork work, PageResource page, string userId)
    {
        await work.ExecuteAsync(
            """
            UPDATE pages SET space_id = @SpaceId, area_id = @AreaId, title = @Title, text = @Text, version = @Version, updated_at = @UpdatedAt
            WHERE id = @Id
            """,
            page);
        await AddVersionAsync(work, page, userId);
    }

    private static Task<int> AddVersionAsync(UnitOfWork work, PageResource page, string userId) => work.ExecuteAsync(
        """
        INSERT INTO page_versions (page_id, version, title, content, created_by, created_at)
        VALUES (@Id, @Version, @Title, @ContentText, @userId, @UpdatedAt)
        """,
        new { page.Id, page.Version, page.Title, page.ContentText, userId, page.UpdatedAt });
}
