namespace StratAI.Caching.Redis;

/// <summary>Wakes those who wait for a value that another instance makes.</summary>
internal sealed class LeaseSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Waiter>> _waiters = new(StringComparer.Ordinal);

    public Waiter Register(string key)
    {
        var waiter = new Waiter(this, key);
        lock (_gate)
        {
            if (!_waiters.TryGetValue(key, out var waiters))
            {
                _waiters[key] = waiters = [];
            }

            waiters.Add(waiter);
        }

        return waiter;
    }

    /// <param name="key">The key whose value is no longer being made.</param>
    /// <param name="goAlone">Whether it is no use to look for the value, as it cannot be cached.</param>
    public void Signal(string key, bool goAlone)
    {
        lock (_gate)
        {
            _waiters.GetValueOrDefault(key)?.ForEach(waiter => waiter.Complete(goAlone));
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiters.TryGetValue(waiter.Key, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _waiters.Remove(waiter.Key);
            }
        }
    }

    internal sealed class Waiter(LeaseSignals owner, string key) : IDisposable
    {
        private readonly TaskCompletionSource<bool> _signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Key => key;

        /// <summary>Ends with the signal; true where it is no use to look for the value.</summary>
        public Task<bool> Signalled => _signalled.Task;

        public void Complete(bool goAlone) => _signalled.TrySetResult(goAlone);

        public void Dispose() => owner.Remove(this);
    }
}
