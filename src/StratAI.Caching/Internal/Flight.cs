using System.Diagnostics.CodeAnalysis;

namespace StratAI.Caching.Internal;

/// <summary>One making of a value that any number of callers wait for. It is cancelled when the last of them has gone.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or a wait handle holds nothing to release, and the last to leave may still cancel it.")]
internal abstract class Flight(string[] tags, long mark)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abandoned = new();
    private int _waiting = 1;
    private bool _starterLeft;

    /// <summary>The tags of the caller that started it.</summary>
    public string[] Tags => tags;

    /// <summary>Of <see cref="Generations"/>, when it started.</summary>
    public long Mark => mark;

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
            if (_waiting == 0)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    public void Leave(bool abandonedByStarter)
    {
        lock (_gate)
        {
            _starterLeft |= abandonedByStarter;
            if (--_waiting > 0)
            {
                return;
            }
        }

        // Outside the lock, as cancelling runs the factory's own callbacks.
        _abandoned.Cancel();
    }
}

internal sealed class Flight<T>(string[] tags, long mark) : Flight(tags, mark)
{
    private readonly TaskCompletionSource<Outcome<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Outcome<T>> Completion => _completion.Task;

    public void Complete(Outcome<T> outcome) => _completion.SetResult(outcome);

    public void Fail(Exception error)
    {
        _completion.SetException(error);
        // Everyone may have gone: nobody else then looks at the exception.
        _ = _completion.Task.Exception;
    }
}
