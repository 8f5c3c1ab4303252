namespace StratAI.Caching.Locking.Internal;

/// <summary>
/// Exclusion within this process always, and across instances while the shared store answers. Who holds only the first when the store comes back
/// is thus still excluded from whoever in this process then holds both.
/// </summary>
internal sealed class FallbackMutexStore(EmbeddedMutexStore local, IMutexStore shared, TimeProvider time) : IMutexStore
{
    public async ValueTask<IMutexHandle?> AcquireAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        var limit = new WaitLimit(wait, time);
        var inner = await local.AcquireAsync(name, wait, cancellationToken).ConfigureAwait(false);
        if (inner is null)
        {
            return null;
        }

        IMutexHandle? handle = null;
        try
        {
            var outer = await shared.AcquireAsync(name, limit.Left, cancellationToken).ConfigureAwait(false);
            return handle = outer is null ? null : new NestedMutexHandle(inner, outer);
        }
        catch (MutexUnavailableException)
        {
            return handle = inner;
        }
        finally
        {
            if (handle is null)
            {
                await inner.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => shared.DisposeAsync();
}
