using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Storage;
using StratAI.Storage.Imaging;
using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>Keeps the ledger of objects in step with the migration, so that what a killed one leaves is swept like any other object.</summary>
internal sealed class MigrationLedger(AppDatabase database, ObjectLedger ledger, ImageInspector inspector, TimeProvider time) : IMigrationLedger
{
    // What was found out of the images whose rows are being moved now.
    private readonly ConcurrentDictionary<string, ImageDetails> _details = new();

    /// <summary>An image gets the size and placeholder that it would have got on upload. One that cannot be decoded moves without.</summary>
    public async Task BeginAsync(string key, Upload upload, CancellationToken cancellationToken)
    {
        if (upload.IsImage && (await inspector.InspectAsync(upload, cancellationToken)).Details is { } details)
        {
            _details[key] = details;
        }

        await ledger.BeginAsync(key, "", ObjectLedger.UploadLimit, cancellationToken);
    }

    public async Task<bool> CommitAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken)
    {
        var work = Work(transaction, cancellationToken);
        if (_details.TryRemove(row.Key, out var details))
        {
            await work.ExecuteAsync("UPDATE documents SET width = @Width, height = @Height, placeholder = @Placeholder WHERE id = @Id", Parameters(row, details));
        }

        return await work.ExecuteAsync(
            """
            UPDATE stored_objects SET state = 'stored', refs = 1, sha256 = @Sha256, size = @Size, due_at = NULL, owner = (SELECT user_id FROM documents WHERE id = @Id)
            WHERE object_key = @Key AND state = 'pending'
            """,
            Parameters(row, null)) == 1;
    }

    public Task AbandonAsync(string key, CancellationToken cancellationToken)
    {
        _details.TryRemove(key, out _);
        return ledger.TryAbandonAsync(key);
    }

    public Task ReleaseAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken) =>
        Work(transaction, cancellationToken).ExecuteAsync(
            """
            UPDATE stored_objects SET
                refs = refs - 1, state = CASE WHEN refs <= 1 THEN 'deleted' ELSE state END, due_at = CASE WHEN refs <= 1 THEN @now END
            WHERE object_key = @Key
            """,
            new { row.Key, now = time.Now() });

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => ledger.TryRemoveAsync(key);

    // The id is whatever its database has, of which only a value can tell.
    private static DynamicParameters Parameters(MigratedRow row, ImageDetails? details)
    {
        var parameters = new DynamicParameters(new { row.Key, row.Size, row.Sha256, details?.Width, details?.Height, details?.Placeholder });
        parameters.Add("Id", row.Id);
        return parameters;
    }

    private UnitOfWork Work(DbTransaction transaction, CancellationToken cancellation) => new(transaction, database.Dialect, cancellation);
}
