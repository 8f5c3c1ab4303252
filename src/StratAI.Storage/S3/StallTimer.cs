namespace StratAI.Storage.S3;

/// <summary>
/// Cancels a request when the server stays silent, however long the transfer as a whole takes, or when the caller gives up.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenRegistration _caller;

    /// <param name="timeout">The longest silence.</param>
    /// <param name="first">The longest one until <see cref="Restart"/>.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="caller">Cancels too.</param>
    public StallTimer(TimeSpan timeout, TimeSpan first, TimeProvider time, CancellationToken caller)
    {
        _timeout = timeout;
        _source = new(first, time);
        _caller = Follow(caller);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The server did something: it has the full time again.</summary>
    public void Restart() => _source.CancelAfter(_timeout);

    /// <summary>It is not the server's turn.</summary>
    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Also cancels with this token, until the registration is disposed.</summary>
    public CancellationTokenRegistration Follow(CancellationToken caller) =>
        caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

    public void Dispose()
    {
        _caller.Dispose();
        _source.Dispose();
    }
}
