using System.Diagnostics.CodeAnalysis;

namespace StratAI.Caching.Internal;

/// <summary>
/// One making of a value that any number of callers wait for. It is cancelled when the last of them has gone, unless it goes on in the background.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or a wait handle holds nothing to release, and the last to leave may still cancel it.")]
internal abstract class Flight(string[] tags, long mark, long begunAt)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abandoned = new();
    private int _waiting = 1;
    private bool _starterLeft;
    private bool _kept;

    /// <summary>The tags of the caller that started it.</summary>
    public string[] Tags => tags;

    /// <summary>Of <see cref="Generations"/>, when it started.</summary>
    public long Mark => mark;

    /// <summary>A timestamp of the cache's clock.</summary>
    public long BegunAt => begunAt;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Whether the caller whose factory and whose request's services are in use has gone before the end.</summary>
    public bool StarterLeft
    {
        get
        {
            lock (_gate)
            {
                return _starterLeft;
            }
        }
    }

    /// <summary>False when everyone has gone, and the flight with them.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_waiting == 0 && !_kept)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    /// <summary>It goes on to its end, whoever leaves.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _kept = true;
        }
    }

    public void Leave(bool abandonedByStarter)
    {
        lock (_gate)
        {
            _starterLeft |= abandonedByStarter;
            if (--_waiting > 0 || _kept)
            {
                return;
            }
        }

        // Outside the lock, as cancelling runs the factory's own callbacks.
        _abandoned.Cancel();
    }
}

internal sealed class Flight<T>(string[] tags, long mark, long begunAt) : Flight(tags, mark, begunAt)
{
    private readonly TaskCompletionSource<Outcome<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What those aboard get: the end of the flight, or before it a value past its lifetime.</summary>
    public Task<Outcome<T>> Completion => _completion.Task;

    /// <summary>A value past its lifetime that may be served should the factory be slow or fail; set before that begins.</summary>
    public Outcome<T>? Stale { get; set; }

    public void Complete(Outcome<T> outcome) => _completion.TrySetResult(outcome);

    /// <summary>Gives those aboard the value past its lifetime, while the factory goes on.</summary>
    public void DeliverStale()
    {
        Keep();
        _completion.TrySetResult(Stale!);
    }

    public void Fail(Exception error)
    {
        _completion.TrySetException(error);
        // Everyone may have gone: nobody else then looks at the exception.
        _ = _completion.Task.Exception;
    }
}
