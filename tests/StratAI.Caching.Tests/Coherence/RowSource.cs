namespace StratAI.Caching.Tests.Coherence;

/// <summary>Factories: each reads the database when it begins, and may be slow to return that, or fail.</summary>
internal sealed class RowSource(Truth truth, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<TaskCompletionSource> _slow = [];
    private TaskCompletionSource _nextSlow = NewSource();
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>Whether none is slow or fails from now on.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Ends when the next factory turns out to be slow.</summary>
    public Task NextSlow
    {
        get
        {
            lock (_slow)
            {
                return _nextSlow.Task;
            }
        }
    }

    public async ValueTask<int> ReadAsync(string key, CancellationToken cancellationToken) => (await ReadAsync([key], cancellationToken))[key];

    public async ValueTask<IReadOnlyDictionary<string, int>> ReadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        var rows = keys.ToDictionary(key => key, key => truth[key]);
        var slow = NewSource();
        bool isSlow, fails;
        lock (_slow)
        {
            (isSlow, fails) = (!IsCalm && _random.Next(5) == 0, !IsCalm && _random.Next(6) == 0);
            if (isSlow)
            {
                _slow.Add(slow);
                _nextSlow.TrySetResult();
                _nextSlow = NewSource();
            }
        }

        if (isSlow)
        {
            await slow.Task.WaitAsync(cancellationToken);
        }

        return fails ? throw new RowUnavailable() : rows;
    }

    /// <summary>Lets one slow factory, or all, return.</summary>
    public void Finish(bool all)
    {
        TaskCompletionSource[] finished;
        lock (_slow)
        {
            finished = all ? [.. _slow] : [.. _slow.Skip(_random.Next(_slow.Count + 1)).Take(1)];
            _slow.RemoveAll(finished.Contains);
        }

        Array.ForEach(finished, slow => slow.TrySetResult());
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal sealed class RowUnavailable : Exception;
