using StratAI.Host.Database;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>Documents and their objects. An object without a document is always on record as a stray, so that nothing is left behind.</summary>
internal sealed partial class DocumentStore(AppDatabase database, IObjectStore objects, TimeProvider time, ILogger<DocumentStore> logger)
{
    /// <summary>True for the documents <c>@userId</c> can see.</summary>
    public static readonly string Visible = PlaceAccess.Visible("d");

    private static readonly string Select =
        $"SELECT {DocumentResource.Columns}, d.object_key, {PlaceAccess.Rank("d")} FROM documents d WHERE d.id = @id AND {Visible}";

    // An upload's object is stored within the deadline of the object store; an hour later nobody can still be storing it.
    private static readonly TimeSpan UploadLimit = TimeSpan.FromHours(1);

    public Task<DocumentResource?> FindAsync(Guid id, string userId, CancellationToken cancellation) =>
        database.FindAsync<DocumentResource>(Select, new { id, userId }, cancellation);

    public static Task<DocumentResource?> FindForChangeAsync(UnitOfWork work, Guid id, string userId) =>
        work.FindAsync<DocumentResource>(Select + work.Dialect.ForUpdate, new { id, userId });

    /// <summary>Stores the bytes, then the document: until its row is committed nobody can see it, and its object is on record as a stray.</summary>
    public async Task AddAsync(DocumentResource document, Upload upload, string userId, string? text, CancellationToken cancellation)
    {
        await database.ExecuteAsync(
            "INSERT INTO stray_objects (object_key, state, created_at) VALUES (@ObjectKey, 'pending', @At)", new { document.ObjectKey, At = time.Now() }, cancellation);
        try
        {
            await upload.SaveAsync(objects, document.ObjectKey, cancellation);
            await database.WriteAsync(
                async work =>
                {
                    if (await work.ExecuteAsync("DELETE FROM stray_objects WHERE object_key = @ObjectKey AND state = 'pending'", document) == 0)
                    {
                        throw new InvalidOperationException("The upload took so long that it was given up.");
                    }

                    return await work.ExecuteAsync(
                        """
                        INSERT INTO documents (id, user_id, space_id, area_id, filename, content_type, size, sha256, kind, object_key,
                        text, created_at, updated_at)
                        VALUES (@Id, @userId, @SpaceId, @AreaId, @Filename, @ContentType, @Size, @Sha256, @Kind, @ObjectKey, @text, @CreatedAt, @UpdatedAt)
                        """,
                        new
                        {
                            document.Id, userId, document.SpaceId, document.AreaId, document.Filename, document.ContentType, document.Size, document.Sha256, document.Kind,
                            document.ObjectKey, text, document.CreatedAt, document.UpdatedAt,
                        });
                },
                cancellation);
        }
        catch
        {
            // Whether the caller went away or a server failed. If this does not work either, the sweeper does it.
            await TryAbandonAsync(document.ObjectKey);
            throw;
        }
    }

    /// <summary>Deletes the objects of documents that are gone, and of uploads that never became one.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await database.ExecuteAsync(
            "UPDATE stray_objects SET state = 'deleted' WHERE state = 'pending' AND created_at < @before", new { before = time.Now() - UploadLimit }, cancellation);
        var keys = await database.QueryAsync<string>("SELECT object_key FROM stray_objects WHERE state = 'deleted' ORDER BY created_at LIMIT 100", new { }, cancellation);
        foreach (var key in keys)
        {
            await TryRemoveDeletedAsync(key, cancellation);
        }
    }

    /// <summary>Deletes the object of a document that is gone.</summary>
    public async Task TryRemoveDeletedAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await objects.DeleteAsync(key, cancellation);
            await database.ExecuteAsync("DELETE FROM stray_objects WHERE object_key = @key AND state = 'deleted'", new { key }, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogStrayKept(exception);
        }
    }

    private async Task TryAbandonAsync(string key)
    {
        try
        {
            // A commit whose answer was lost has removed the row, and the object is a document's: then there is nothing to claim, and nothing is deleted.
            if (await database.ExecuteAsync("UPDATE stray_objects SET state = 'deleted' WHERE object_key = @key AND state = 'pending'", new { key }, CancellationToken.None) == 1)
            {
                await TryRemoveDeletedAsync(key, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogStrayKept(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "An object without a document could not be deleted now; it is on record and will be tried again.")]
    private partial void LogStrayKept(Exception exception);
}
