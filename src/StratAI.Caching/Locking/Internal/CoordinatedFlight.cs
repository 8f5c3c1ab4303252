using System.Diagnostics.CodeAnalysis;

namespace StratAI.Caching.Locking.Internal;

/// <summary>One attempt of this process, and how many callers wait for it. Counted under the coordinator's lock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing, and callers may still cancel it when the flight is over.")]
internal sealed class CoordinatedFlight
{
    private readonly TaskCompletionSource<WorkOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _left = new();

    public int Callers { get; set; }

    /// <summary>Whether a caller has begun it, with its work.</summary>
    public bool IsBegun { get; set; }

    /// <summary>
    /// The attempt that all who waited for this one, which failed, make together. Each by itself would ask a failing server as often as there are
    /// callers.
    /// </summary>
    public CoordinatedFlight? Next { get; set; }

    public Task<WorkOutcome> Outcome => _outcome.Task;

    /// <summary>Cancelled when nobody waits any more. Work that has begun does not see it.</summary>
    public CancellationToken Left => _left.Token;

    public void Leave() => _left.Cancel();

    public void Succeed(WorkOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception error)
    {
        _outcome.TrySetException(error);
        // All callers may have left.
        _ = _outcome.Task.Exception;
    }
}
