using System.Data.Common;
using Dapper;
using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Storage.Migration;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>Keeps the ledger of objects in step with the migration, so that what a killed one leaves is swept like any other object.</summary>
internal sealed class MigrationLedger(AppDatabase database, ObjectLedger ledger, TimeProvider time) : IMigrationLedger
{
    public Task BeginAsync(string key, CancellationToken cancellationToken) => ledger.BeginAsync(key, "", ObjectLedger.UploadLimit, cancellationToken);

    public async Task<bool> CommitAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken) =>
        await Work(transaction, cancellationToken).ExecuteAsync(
            """
            UPDATE stored_objects SET state = 'stored', refs = 1, sha256 = @Sha256, size = @Size, due_at = NULL, owner = (SELECT user_id FROM documents WHERE id = @Id)
            WHERE object_key = @Key AND state = 'pending'
            """,
            Parameters(row)) == 1;

    public Task AbandonAsync(string key, CancellationToken cancellationToken) => ledger.TryAbandonAsync(key);

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
    private static DynamicParameters Parameters(MigratedRow row)
    {
        var parameters = new DynamicParameters(new { row.Key, row.Size, row.Sha256 });
        parameters.Add("Id", row.Id);
        return parameters;
    }

    private UnitOfWork Work(DbTransaction transaction, CancellationToken cancellation) => new(transaction, database.Dialect, cancellation);
}
