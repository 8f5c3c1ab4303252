namespace StratAI.Caching.Locking.Internal;

/// <summary>A mutex that is held across instances, and within this process as well.</summary>
internal sealed class NestedMutexHandle(IMutexHandle inner, IMutexHandle outer) : IMutexHandle
{
    public string Name => outer.Name;

    public long FencingToken => outer.FencingToken;

    public bool IsLocal => false;

    public CancellationToken Lost => outer.Lost;

    public async ValueTask DisposeAsync()
    {
        await outer.DisposeAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }
}
