using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Storage;
using StratAI.Storage.Imaging;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Every object is on record from before its first byte is stored until its last one is gone, so that what a crash leaves is found without listing the
/// bucket. Documents refer to objects; several of one owner may share one.
/// </summary>
internal sealed partial class ObjectLedger(AppDatabase database, IObjectStore objects, ImageVariants variants, TimeProvider time, ILogger<ObjectLedger> logger)
{
    /// <summary>An upload's object is stored within the deadline of the object store; an hour later nobody can still be storing it.</summary>
    public static readonly TimeSpan UploadLimit = TimeSpan.FromHours(1);

    // Longer than any write that was under way when the bytes were first deleted: one whose answer was lost, or an image variant being made.
    private static readonly TimeSpan LateWrites = TimeSpan.FromMinutes(15);

    private const int SweepBatch = 100;

    /// <summary>Puts an object on record that is about to be stored; unless it is committed within <paramref name="limit"/>, it is deleted again.</summary>
    public Task BeginAsync(string key, string owner, TimeSpan limit, CancellationToken cancellation) => database.ExecuteAsync(
        "INSERT INTO stored_objects (object_key, state, owner, due_at, created_at) VALUES (@key, 'pending', @owner, @due, @now)",
        new { key, owner, due = time.Now() + limit, now = time.Now() }, cancellation);

    /// <summary>Makes a pending object that of one document, in the transaction that records the document.</summary>
    /// <exception cref="InvalidOperationException">It took so long that the object was given up.</exception>
    public static async Task CommitAsync(UnitOfWork work, string key, string sha256, long size)
    {
        if (await work.ExecuteAsync(
            "UPDATE stored_objects SET state = 'stored', refs = 1, sha256 = @sha256, size = @size, due_at = NULL WHERE object_key = @key AND state = 'pending'",
            new { key, sha256, size }) == 0)
        {
            throw new InvalidOperationException("The upload took so long that it was given up.");
        }
    }

    /// <summary>One more document for an object of the same owner and bytes: its key, or null when there is none. It cannot be deleted before the transaction ends.</summary>
    public static Task<string?> ShareAsync(UnitOfWork work, string owner, string sha256, long size) => work.FindAsync<string>(
        """
        UPDATE stored_objects SET refs = refs + 1
        WHERE state = 'stored' AND object_key = (
            SELECT object_key FROM stored_objects WHERE owner = @owner AND sha256 = @sha256 AND size = @size AND state = 'stored' ORDER BY created_at LIMIT 1)
        RETURNING object_key
        """,
        new { owner, sha256, size });

    /// <summary>Gives a pending object up, whether its writer failed or its client went away. If this does not work either, the sweeper does it.</summary>
    public async Task TryAbandonAsync(string key)
    {
        try
        {
            // A commit whose answer was lost has made it a document's: then there is nothing to claim, and nothing is deleted.
            if (await database.ExecuteAsync(
                "UPDATE stored_objects SET state = 'deleted', due_at = @now WHERE object_key = @key AND state = 'pending'", new { key, now = time.Now() }, CancellationToken.None) == 1)
            {
                await RemoveAsync(key, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogKept(exception);
        }
    }

    /// <summary>Deletes an object now that the last document has let go of it; one that others still refer to stays.</summary>
    public async Task TryRemoveAsync(string key)
    {
        try
        {
            if (await database.FindAsync<string>("SELECT state FROM stored_objects WHERE object_key = @key", new { key }, CancellationToken.None) == "deleted")
            {
                await RemoveAsync(key, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogKept(exception);
        }
    }

    /// <summary>Deletes what is due: objects of documents that are gone, and of uploads that never became one.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await database.ExecuteAsync(
            "UPDATE stored_objects SET state = 'deleted', due_at = @now WHERE state = 'pending' AND due_at <= @now", new { now = time.Now() }, cancellation);
        IReadOnlyList<string> keys;
        do
        {
            keys = await database.QueryAsync<string>(
                "SELECT object_key FROM stored_objects WHERE state = 'deleted' AND due_at <= @now ORDER BY due_at LIMIT @SweepBatch", new { now = time.Now(), SweepBatch }, cancellation);
            foreach (var key in keys)
            {
                await RemoveAsync(key, cancellation);
            }
        }
        while (keys.Count == SweepBatch);
    }

    private async Task RemoveAsync(string key, CancellationToken cancellation)
    {
        // What it is of is not on record here, so the variants it would have as an image go too.
        if (await objects.DeleteManyAsync([key, .. variants.KeysOf(key)], cancellation) is [var (_, failure), ..])
        {
            throw new ObjectStoreException(failure, "An object or a variant of it could not be deleted.");
        }

        if (await database.ExecuteAsync(
            "DELETE FROM stored_objects WHERE object_key = @key AND state = 'deleted' AND removed_at <= @before", new { key, before = time.Now() - LateWrites }, cancellation) == 0)
        {
            await database.ExecuteAsync(
                "UPDATE stored_objects SET removed_at = @now, due_at = @next WHERE object_key = @key AND state = 'deleted' AND removed_at IS NULL",
                new { key, now = time.Now(), next = time.Now() + LateWrites }, cancellation);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "An object that nothing refers to could not be deleted now; it is on record and will be tried again.")]
    private partial void LogKept(Exception exception);
}
