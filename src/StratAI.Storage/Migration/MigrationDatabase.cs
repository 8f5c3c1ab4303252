using System.Data.Common;

namespace StratAI.Storage.Migration;

/// <summary>The application's database, as a migration uses it: short statements, no session state.</summary>
/// <param name="flavour">Which SQL it speaks.</param>
/// <param name="open">Gives an open connection, which the migration disposes.</param>
public sealed class MigrationDatabase(SqlFlavour flavour, Func<CancellationToken, ValueTask<DbConnection>> open)
{
    private readonly SemaphoreSlim? _turns = flavour == SqlFlavour.Sqlite ? new(1) : null;

    /// <summary>Which SQL it speaks.</summary>
    public SqlFlavour Flavour { get; } = flavour;

    /// <summary>
    /// Taken before a write and given back after it, where the application queues its writers. Default: on SQLite, whose driver would
    /// otherwise wait by blocking the thread, writes through this object take turns.
    /// </summary>
    public Func<CancellationToken, ValueTask<IDisposable>>? WriteTurn { get; init; }

    internal async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await open(cancellationToken).ConfigureAwait(false);

    internal async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = connection.ConfigureAwait(false);
        return await read(connection).ConfigureAwait(false);
    }

    /// <summary>Runs one statement.</summary>
    internal async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs statements of which all or none are kept; the work says which.</summary>
    internal async Task<T> TransactAsync<T>(Func<DbTransaction, Task<(T Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var (result, commit) = await work(transaction).ConfigureAwait(false);
        if (commit)
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private async ValueTask<IDisposable?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (WriteTurn is not null)
        {
            return await WriteTurn(cancellationToken).ConfigureAwait(false);
        }

        if (_turns is null)
        {
            return null;
        }

        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(_turns);
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
