using System.Data;
using System.Data.Common;
using Npgsql;

namespace StratAI.Host.Database;

/// <summary>
/// The turns on the pool's connections, first come, first served. The pool's own queue gives up after the time that a new connection may take, which is
/// longer than somebody whose request is one too many should wait.
/// </summary>
/// <param name="connect">Makes the pool, before the first connection; after one that failed, before the next.</param>
/// <param name="size">Of the pool.</param>
/// <param name="time">Measures the wait.</param>
internal sealed class ConnectionGate(Func<CancellationToken, Task<NpgsqlDataSource>> connect, int size, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(size);
    private readonly SemaphoreSlim _connecting = new(1);
    private NpgsqlDataSource? _source;

    public int Size => size;

    /// <exception cref="DatabaseBusyException">None has become free in time.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            await WaitAsync(cancellation);
        }

        try
        {
            var source = _source ?? await ConnectAsync(cancellation);
            var connection = await source.OpenConnectionAsync(cancellation);
            connection.StateChange += GiveBack;
            return connection;
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _free.Dispose();
        _connecting.Dispose();
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    private async Task<NpgsqlDataSource> ConnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation);
        try
        {
            return _source ??= await connect(cancellation);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await _free.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DatabaseBusyException($"All {size} connections to the database were in use for {Patience.TotalSeconds:0} s.");
        }
    }

    private void GiveBack(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Closed)
        {
            ((NpgsqlConnection)sender).StateChange -= GiveBack;
            _free.Release();
        }
    }
}

/// <summary>More requests want the database than its pool has connections for.</summary>
internal sealed class DatabaseBusyException(string message) : DbException(message)
{
    public override bool IsTransient => true;
}
