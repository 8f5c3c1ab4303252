using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>No ledger: what is given up is deleted at once.</summary>
internal sealed class StoreLedger(IObjectStore store) : IMigrationLedger
{
    public Task BeginAsync(string key, Upload upload, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> CommitAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task AbandonAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(key, cancellationToken);

    public Task ReleaseAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(key, cancellationToken);
}
