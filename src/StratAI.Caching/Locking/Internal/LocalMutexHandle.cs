namespace StratAI.Caching.Locking.Internal;

internal sealed class LocalMutexHandle(EmbeddedMutexStore store, string name, long fencingToken) : IMutexHandle
{
    private int _disposed;

    public string Name => name;

    public long FencingToken => fencingToken;

    public bool IsLocal => true;

    public CancellationToken Lost => CancellationToken.None;

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            store.Exit(name);
        }

        return default;
    }
}
