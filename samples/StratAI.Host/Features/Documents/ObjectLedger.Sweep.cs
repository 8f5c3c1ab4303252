using StratAI.Host.Http;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>The end of an object: its bytes are deleted, once more later, and only then is it off the record.</summary>
internal sealed partial class ObjectLedger
{
    // Longer than any write that was under way when the bytes were first deleted: one whose answer was lost, or an image variant being made.
    private static readonly TimeSpan LateWrites = TimeSpan.FromMinutes(15);

    // Longer than one batch takes. What fails is left alone as long, and what is due comes first.
    private static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(5);

    private const int SweepBatch = 100;

    /// <summary>Deletes what is due: objects of documents that are gone, and of uploads that never became one. Several instances may do so at once.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> keys;
        do
        {
            keys = await ClaimAsync(cancellation);
            foreach (var cause in await RemoveAsync(keys, cancellation))
            {
                metrics.Swept(cause);
            }
        }
        while (keys.Count == SweepBatch);
    }

    /// <summary>All that is kept in the object store for an object: itself and what was made from it.</summary>
    private static IReadOnlyList<string> KeysOf(string key) => [key];

    private Task<IReadOnlyList<string>> ClaimAsync(CancellationToken cancellation) => database.WriteAsync(
        work => work.QueryAsync<string>(
            $"""
            UPDATE stored_objects SET state = 'deleted', due_at = @later
            WHERE object_key IN (
                SELECT object_key FROM stored_objects WHERE state <> 'stored' AND due_at <= @now ORDER BY due_at LIMIT @SweepBatch{work.Dialect.SkipLocked})
            RETURNING object_key
            """,
            new { now = time.Now(), later = time.Now() + ClaimTime, SweepBatch }),
        cancellation);

    /// <summary>Deletes the bytes of deleted objects; returns why, of each whose bytes were deleted for the first time.</summary>
    private async Task<IReadOnlyList<string>> RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var failed = (await objects.DeleteManyAsync([.. keys.SelectMany(KeysOf)], cancellation)).ToLookup(failure => failure.Key, failure => failure.Failure);
        if (failed.Count > 0)
        {
            LogRefused(failed.Count, failed.First().First());
        }

        var gone = keys.Where(key => !KeysOf(key).Any(failed.Contains));
        return await database.WriteAsync(
            async work =>
            {
                var parameters = new { keys = work.Dialect.List(gone), now = time.Now(), next = time.Now() + LateWrites, before = time.Now() - LateWrites };
                var among = work.Dialect.In("object_key", "@keys");
                await work.ExecuteAsync($"DELETE FROM stored_objects WHERE {among} AND state = 'deleted' AND removed_at <= @before", parameters);
                return await work.QueryAsync<string>(
                    $"""
                    UPDATE stored_objects SET removed_at = @now, due_at = @next WHERE {among} AND state = 'deleted' AND removed_at IS NULL
                    RETURNING CASE WHEN sha256 IS NULL THEN 'abandoned' ELSE 'deleted' END
                    """,
                    parameters);
            },
            cancellation);
    }

    [LoggerMessage(2, LogLevel.Warning, "{Count} objects that nothing refers to could not be deleted (the first: {Failure}); they are on record and will be tried again.")]
    private partial void LogRefused(int count, ObjectStoreFailure failure);
}
