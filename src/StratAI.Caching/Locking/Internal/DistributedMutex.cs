using StratAI.Caching.Internal;

namespace StratAI.Caching.Locking.Internal;

internal sealed class DistributedMutex(IMutexStore store, MutexMetrics metrics, TimeSpan defaultTimeout, TimeProvider time) : IDistributedMutex, IAsyncDisposable
{
    public async ValueTask<IMutexHandle> AcquireAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var wait = timeout ?? defaultTimeout;
        if (!WaitLimit.IsValid(wait))
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), wait, "The timeout must be zero to 24 days, or infinite.");
        }

        return await RunAsync(name, wait, cancellationToken).ConfigureAwait(false)
            ?? throw new TimeoutException("The mutex was not acquired in time, as others hold it.");
    }

    public ValueTask<IMutexHandle?> TryAcquireAsync(string name, CancellationToken cancellationToken = default) =>
        RunAsync(name, TimeSpan.Zero, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync().ConfigureAwait(false);
        metrics.Dispose();
    }

    private async ValueTask<IMutexHandle?> RunAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        MutexName.ThrowIfInvalid(name);
        var began = time.GetTimestamp();
        var outcome = MutexOutcome.Failed;
        using var activity = CacheMetrics.Activities.StartActivity("mutex.acquire");
        try
        {
            var handle = await store.AcquireAsync(name, wait, cancellationToken).ConfigureAwait(false);
            outcome = handle is null ? MutexOutcome.Busy : handle.IsLocal ? MutexOutcome.Local : MutexOutcome.Acquired;
            return handle;
        }
        catch (OperationCanceledException)
        {
            outcome = MutexOutcome.Cancelled;
            throw;
        }
        catch (MutexUnavailableException)
        {
            outcome = MutexOutcome.Unavailable;
            throw;
        }
        finally
        {
            metrics.Attempted(outcome, time.GetElapsedTime(began));
        }
    }
}
