using Microsoft.Extensions.Options;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>
/// Bounds what images cost: so many at a time, each on a thread of its own since decoding blocks, and so many waiting. Whoever is in has a
/// place until it is done, with copying and storing too.
/// </summary>
internal sealed class ImageGate : IDisposable
{
    /// <summary>What libvips gives its own threads at least.</summary>
    private const int StackBytes = 2 * 1024 * 1024;

    private readonly SemaphoreSlim _turns;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly int _places;
    private int _taken;
    private int _waiting;

    public ImageGate(IOptions<ImagingOptions> options, ImagingMetrics metrics, TimeProvider time)
    {
        _turns = new(options.Value.Concurrency);
        _places = options.Value.Concurrency + options.Value.QueueLimit;
        (_timeout, _time) = (options.Value.Timeout, time);
        metrics.ObserveQueue(() => Volatile.Read(ref _waiting));
    }

    /// <summary>A place, to be given back by disposing it; <see langword="null"/> when all are taken.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _taken) > _places)
        {
            Interlocked.Decrement(ref _taken);
            return null;
        }

        return new Place(this);
    }

    /// <summary>Waits for its turn, runs the work, and comes back only when the work has ended, so that what it uses may be let go.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the time was over.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            using var limit = new CancellationTokenSource(_timeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Run(work, result, either.Token), StackBytes) { IsBackground = true, Name = "StratAI image" }.Start();
            return await result.Task.ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private static void Run<T>(Func<CancellationToken, T> work, TaskCompletionSource<T> result, CancellationToken cancellation)
    {
        try
        {
            result.SetResult(work(cancellation));
        }
        catch (OperationCanceledException canceled)
        {
            result.SetCanceled(canceled.CancellationToken);
        }
        catch (Exception exception)
        {
            result.SetException(exception);
        }
    }

    private sealed class Place(ImageGate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref gate._taken);
            }
        }
    }
}
