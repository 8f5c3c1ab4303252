namespace StratAI.Caching.Locking.Internal;

/// <summary>Exclusion within this process.</summary>
internal sealed class EmbeddedMutexStore : IMutexStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<Waiter>> _held = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private long _number;

    public EmbeddedMutexStore(TimeProvider time)
    {
        // One sequence for all names, from the clock in microseconds: it is ahead of what this process gave out before it was started anew.
        (_time, _number) = (time, time.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>How many names are held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    public async ValueTask<IMutexHandle?> AcquireAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryEnter(name, wait > TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan, out var waiter) is { } held)
        {
            return held;
        }

        if (waiter is null)
        {
            return null;
        }

        try
        {
            return await waiter.Granted.Task.WaitAsync(wait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Leave(waiter) ? null : await waiter.Granted.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (!Leave(waiter))
            {
                await (await waiter.Granted.Task.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    public ValueTask DisposeAsync() => default;

    private LocalMutexHandle? TryEnter(string name, bool waits, out Waiter? waiter)
    {
        lock (_gate)
        {
            waiter = null;
            if (!_held.TryGetValue(name, out var queue))
            {
                _held.Add(name, []);
                return new(this, name, ++_number);
            }

            if (waits)
            {
                waiter = new(name, queue);
                waiter.Place = queue.AddLast(waiter);
            }

            return null;
        }
    }

    /// <returns>Whether it was still waiting.</returns>
    private bool Leave(Waiter waiter)
    {
        lock (_gate)
        {
            var waiting = waiter.Place!.List is not null;
            if (waiting)
            {
                waiter.Queue.Remove(waiter.Place);
            }

            return waiting;
        }
    }

    /// <summary>Gives the name to whoever is next. Called once per handle.</summary>
    internal void Exit(string name)
    {
        lock (_gate)
        {
            var queue = _held[name];
            if (queue.First is { } first)
            {
                queue.RemoveFirst();
                first.Value.Granted.SetResult(new(this, name, ++_number));
            }
            else
            {
                _held.Remove(name);
            }
        }
    }

    private sealed class Waiter(string name, LinkedList<Waiter> queue)
    {
        public string Name => name;

        public LinkedList<Waiter> Queue => queue;

        public LinkedListNode<Waiter>? Place { get; set; }

        public TaskCompletionSource<LocalMutexHandle> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
