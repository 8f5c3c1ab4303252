using System.Runtime.InteropServices;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// The buckets of this process: the twin of the Redis script, and what decides locally while Redis is away. Several buckets are charged
/// together or not at all, under the locks of their stripes, always taken in the same order.
/// </summary>
internal sealed class EmbeddedLimitStore(TimeProvider time, int capacity = EmbeddedLimitStore.DefaultCapacity)
{
    /// <summary>Buckets in use at the same time; about 100 MB when reached.</summary>
    public const int DefaultCapacity = 1 << 20;

    private const int StripeCount = 64;

    private readonly long _start = time.GetTimestamp();
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe(Math.Max(1, capacity / StripeCount)))];

    public int Count => _stripes.Sum(stripe => stripe.Count);

    public LimitReply Acquire(ReadOnlySpan<LimitRequest> requests)
    {
        if (requests.Length == 1)
        {
            lock (_stripes[StripeOf(requests[0])].Gate)
            {
                return Evaluate(requests);
            }
        }

        Span<int> order = stackalloc int[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            order[i] = StripeOf(requests[i]);
        }

        order.Sort();
        return AcquireInOrder(requests, order);
    }

    private static int StripeOf(in LimitRequest request) => (int)(request.Key.Hash % StripeCount);

    // One frame per lock; a stripe that two buckets share is entered twice, which a lock allows.
    private LimitReply AcquireInOrder(ReadOnlySpan<LimitRequest> requests, ReadOnlySpan<int> order)
    {
        if (order.IsEmpty)
        {
            return Evaluate(requests);
        }

        lock (_stripes[order[0]].Gate)
        {
            return AcquireInOrder(requests, order[1..]);
        }
    }

    private LimitReply Evaluate(ReadOnlySpan<LimitRequest> requests)
    {
        // Read under the locks: a thread that waited for one must not decide by a clock older than the state it finds.
        var now = time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond;
        var before = new GcraState[requests.Length];
        var after = new GcraState[requests.Length];
        var acquired = true;
        for (var i = 0; i < requests.Length; i++)
        {
            ref readonly var request = ref requests[i];
            before[i] = request.Gcra.Normalize(_stripes[StripeOf(request)].Find(request.Key), now);
            acquired &= request.Gcra.HasRoom(before[i], request.Charge, now, out after[i]);
        }

        if (!acquired)
        {
            return new(false, now, before);
        }

        for (var i = 0; i < requests.Length; i++)
        {
            ref readonly var request = ref requests[i];
            if (request.Charge.Takes)
            {
                _stripes[StripeOf(request)].Set(request.Key, after[i], now);
            }
            else
            {
                after[i] = before[i];
            }
        }

        return new(true, now, after);
    }

    /// <summary>Its callers hold its gate.</summary>
    private sealed class Stripe(int capacity)
    {
        private const int FirstSweep = 64;

        private readonly Dictionary<LimitKey, GcraState> _states = [];
        private int _sweepAt = Math.Min(FirstSweep, capacity);

        public Lock Gate { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate)
                {
                    return _states.Count;
                }
            }
        }

        public GcraState? Find(in LimitKey key) => _states.TryGetValue(key, out var state) ? state : null;

        public void Set(in LimitKey key, GcraState state, long now)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_states, key, out var existed) = state;
            if (!existed && _states.Count > _sweepAt)
            {
                Sweep(now);
            }
        }

        // Runs after as many insertions as it left buckets behind, so its cost per insertion is constant.
        private void Sweep(long now)
        {
            RemoveUpTo(now);
            if (_states.Count > capacity - (capacity / 8))
            {
                // All of these are in use. Those nearest to full lose the least by being forgotten.
                var tats = _states.Values.Select(state => state.MicrosRoundedUp).Order().ToArray();
                RemoveUpTo(tats[capacity / 8]);
            }

            _sweepAt = Math.Min(capacity, Math.Max(FirstSweep, _states.Count * 2));
            _states.TrimExcess(_sweepAt + 1);
        }

        private void RemoveUpTo(long tatMicros)
        {
            foreach (var (key, state) in _states)
            {
                if (state.MicrosRoundedUp <= tatMicros)
                {
                    _states.Remove(key);
                }
            }
        }
    }
}
