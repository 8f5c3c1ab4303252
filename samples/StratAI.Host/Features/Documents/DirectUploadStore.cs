using StratAI.Host.Database;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Documents;

/// <summary>Uploads that were begun and are no documents yet, and the objects that their clients may put.</summary>
internal sealed class DirectUploadStore(AppDatabase database, DocumentStore documents, TimeProvider time)
{
    // What began just before the end of its URL is stored when its last byte has come.
    private static readonly TimeSpan LastWrites = TimeSpan.FromMinutes(15);

    // How long a client that comes too late is still told so.
    private static readonly TimeSpan KnownAfterExpiry = TimeSpan.FromDays(1);

    /// <summary>Puts an upload on record, and the object that may come of it, which is deleted whatever happens: a document gets a copy.</summary>
    public Task<int> AddAsync(DirectUpload upload, CancellationToken cancellation) => database.WriteAsync(
        async work =>
        {
            await ObjectLedger.BeginAsync(work, upload.ObjectKey, upload.UserId, upload.ExpiresAt + LastWrites, upload.CreatedAt);
            return await work.ExecuteAsync(
                $"""
                INSERT INTO direct_uploads ({DirectUpload.Columns})
                VALUES (@Id, @UserId, @SpaceId, @AreaId, @Filename, @ContentType, @Size, @Sha256, @ObjectKey, @CreatedAt, @ExpiresAt)
                """,
                upload);
        },
        cancellation);

    public Task<DirectUpload?> FindAsync(Guid id, string userId, CancellationToken cancellation) => database.FindAsync<DirectUpload>(
        $"SELECT {DirectUpload.Columns} FROM direct_uploads WHERE id = @id AND user_id = @userId", new { id, userId }, cancellation);

    /// <summary>The document that an upload of the user has become.</summary>
    public async Task<DocumentResource?> FindDocumentAsync(Guid id, string userId, CancellationToken cancellation) =>
        await database.FindAsync<string>("SELECT user_id FROM documents WHERE id = @id", new { id }, cancellation) == userId
            ? await documents.FindAsync(id, userId, cancellation)
            : null;

    /// <summary>Makes an upload a document. Of several completions at once only the first does.</summary>
    /// <returns>Whether this was the first, and whether the document has the object that it names, and not an equal one.</returns>
    public Task<(bool First, bool OwnObject)> CompleteAsync(
        DocumentResource document, string userId, Func<CancellationToken, Task<DocumentText>>? readText, CancellationToken cancellation) => documents.WithTextAsync(
        readText,
        text => database.WriteAsync(
            async work => await work.ExecuteAsync("DELETE FROM direct_uploads WHERE id = @Id", new { document.Id }) == 1
                ? (true, await documents.RecordAsync(work, document, userId, text))
                : (false, false),
            cancellation),
        cancellation);

    public Task SweepAsync(CancellationToken cancellation) =>
        database.ExecuteAsync("DELETE FROM direct_uploads WHERE expires_at < @before", new { before = time.Now() - KnownAfterExpiry }, cancellation);
}
