using System.Data.Common;

namespace StratAI.Storage.Migration;

/// <summary>
/// The application's own account of its objects, kept in step with a migration. Without one, the migration deletes what it gives up from the
/// store itself; its state table tells the next run what a killed process left.
/// </summary>
public interface IMigrationLedger
{
    /// <summary>An object is about to be stored.</summary>
    /// <param name="key">Its key, never used before.</param>
    /// <param name="upload">Its bytes, for an application that wants to know more of them; it is not to be disposed here.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task BeginAsync(string key, Upload upload, CancellationToken cancellationToken);

    /// <summary>The object is the row's from now on, in the transaction that writes its key to the row.</summary>
    /// <param name="transaction">That transaction; it is not to be ended here.</param>
    /// <param name="row">The object and the row.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns><see langword="false"/> when the ledger has given the object up meanwhile: the row is tried again.</returns>
    Task<bool> CommitAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken);

    /// <summary>
    /// The object never became the row's. Delete it, if need be later; it may not have been stored, may be gone already, and, after a
    /// process was killed, this may be said more than once.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task AbandonAsync(string key, CancellationToken cancellationToken);

    /// <summary>The row lets go of its object, in the transaction that gives the row its data back.</summary>
    /// <param name="transaction">That transaction; it is not to be ended here.</param>
    /// <param name="row">The object and the row.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task ReleaseAsync(DbTransaction transaction, MigratedRow row, CancellationToken cancellationToken);

    /// <summary>The transaction of <see cref="ReleaseAsync"/> is committed: delete the object if nothing else needs it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task RemoveAsync(string key, CancellationToken cancellationToken);
}
