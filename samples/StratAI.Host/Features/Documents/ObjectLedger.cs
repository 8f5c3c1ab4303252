using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Every object is on record from before its first byte is stored until its last one is gone, so that what a crash leaves is found without listing the
/// bucket. Documents refer to objects; several of one owner may share one.
/// </summary>
internal sealed partial class ObjectLedger(AppDatabase database, IObjectStore objects, ObjectMetrics metrics, TimeProvider time, ILogger<ObjectLedger> logger)
{
    /// <summary>An upload's object is stored within the deadline of the object store; an hour later nobody can still be storing it.</summary>
    public static readonly TimeSpan UploadLimit = TimeSpan.FromHours(1);

    /// <summary>Puts an object on record that is about to be stored; unless it is committed within <paramref name="limit"/>, it is deleted again.</summary>
    public Task BeginAsync(string key, string owner, TimeSpan limit, CancellationToken cancellation) => database.ExecuteAsync(
        "INSERT INTO stored_objects (object_key, state, owner, due_at, created_at) VALUES (@key, 'pending', @owner, @due, @now)",
        new { key, owner, due = time.Now() + limit, now = time.Now() }, cancellation);

    /// <summary>The same in the transaction that records what the object is for.</summary>
    public static Task<int> BeginAsync(UnitOfWork work, string key, string owner, DateTimeOffset due, DateTimeOffset now) => work.ExecuteAsync(
        "INSERT INTO stored_objects (object_key, state, owner, due_at, created_at) VALUES (@key, 'pending', @owner, @due, @now)",
        new { key, owner, due, now });

    /// <summary>Makes a pending object that of one document, in the transaction that records the document.</summary>
    /// <exception cref="ObjectStoreException">It took so long that the object was given up.</exception>
    public static async Task CommitAsync(UnitOfWork work, string key, string sha256, long size)
    {
        if (await work.ExecuteAsync(
            "UPDATE stored_objects SET state = 'stored', refs = 1, sha256 = @sha256, size = @size, due_at = NULL WHERE object_key = @key AND state = 'pending'",
            new { key, sha256, size }) == 0)
        {
            throw GivenUp();
        }
    }

    public static ObjectStoreException GivenUp() => new(ObjectStoreFailure.Unavailable, "The upload took so long that it was given up.");

    /// <summary>An object of the same owner and bytes, or null when there is none. It may be gone the next moment: <see cref="ShareAsync"/> tells.</summary>
    public static Task<string?> FindSameAsync(UnitOfWork work, string owner, string sha256, long size) => work.FindAsync<string>(
        "SELECT object_key FROM stored_objects WHERE owner = @owner AND sha256 = @sha256 AND size = @size AND state = 'stored' ORDER BY created_at LIMIT 1",
        new { owner, sha256, size });

    /// <summary>One more document for an object, unless its last one has just let go of it. It cannot be deleted before the transaction ends.</summary>
    public static async Task<bool> ShareAsync(UnitOfWork work, string key) =>
        await work.ExecuteAsync("UPDATE stored_objects SET refs = refs + 1 WHERE object_key = @key AND state = 'stored'", new { key }) == 1;

    /// <summary>Gives a pending object up, whether its writer failed or its client went away. If this does not work either, the sweeper does it.</summary>
    public async Task TryAbandonAsync(string key)
    {
        try
        {
            await database.ExecuteAsync(
                "UPDATE stored_objects SET state = 'deleted', due_at = @now WHERE object_key = @key AND state = 'pending'", new { key, now = time.Now() }, CancellationToken.None);
            // A commit whose answer was lost has made it a document's. One that the sweeper gave up may even be off the record, though not its bytes.
            if (await StateAsync(key) != "stored")
            {
                await RemoveAsync([key], CancellationToken.None);
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
            if (await StateAsync(key) == "deleted")
            {
                await RemoveAsync([key], CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogKept(exception);
        }
    }

    private Task<string?> StateAsync(string key) =>
        database.FindAsync<string>("SELECT state FROM stored_objects WHERE object_key = @key", new { key }, CancellationToken.None);

    [LoggerMessage(1, LogLevel.Warning, "An object that nothing refers to could not be deleted now; it is on record and will be tried again.")]
    private partial void LogKept(Exception exception);
}
