using System.Runtime.InteropServices;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// The buckets of this process: the twin of the Redis script, and what decides locally while Redis is away. Several buckets are charged
/// together or not at all, under the locks of their stripes, always taken in the same order.
/// </summary>
internal sealed class EmbeddedLimitStore(TimeProvider time, int capacity = EmbeddedLimitStore.DefaultCapacity)
{
    /// <summary>Buckets in use at the same time; token buckets and windows take about 150 MB when it is reached.</summary>
    public const int DefaultCapacity = 1 << 20;

    private const int StripeCount = 64;

    // The wall clock once, for windows that begin with a day; then a clock that nobody sets.
    private readonly long _epochMicros = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private readonly long _start = time.GetTimestamp();
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe(Math.Max(1, capacity / StripeCount)))];

    public int Count => _stripes.Sum(stripe => stripe.Count);

    public bool Knows(in LimitKey key) => _stripes[StripeOf(key)].Knows(key);

    /// <summary>Forgets a bucket: it is full from now on.</summary>
    public bool Remove(in LimitKey key) => _stripes[StripeOf(key)].Remove(key);

    /// <summary>The keys of a policy that are held now.</summary>
    public IReadOnlyList<LimitKey> KeysOf(string policy) => [.. _stripes.SelectMany(stripe => stripe.KeysOf(policy))];

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

    private static int StripeOf(in LimitRequest request) => StripeOf(request.Key);

    private static int StripeOf(in LimitKey key) => (int)(key.Hash % StripeCount);

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
        var now = _epochMicros + (time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond);
        var buckets = new Bucket[requests.Length];
        Span<bool> room = stackalloc bool[requests.Length];
        var acquired = true;
        for (var i = 0; i < requests.Length; i++)
        {
            ref readonly var request = ref requests[i];
            buckets[i] = _stripes[StripeOf(request)].Find(request) ?? request.Rules.NewBucket();
            room[i] = buckets[i].HasRoom(request, now);
            acquired &= room[i] || request.Policy.IsShadow;
        }

        var views = new BucketView[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            ref readonly var request = ref requests[i];
            var taken = 0L;
            if (acquired && room[i])
            {
                taken = buckets[i].Take(request, now);
                if (taken > 0 || request.Hold is not null)
                {
                    _stripes[StripeOf(request)].Set(request, buckets[i], now);
                }
            }

            views[i] = buckets[i].View(request, now, room[i], taken);
        }

        return new(acquired, views);
    }

    /// <summary>Its callers hold its gate.</summary>
    private sealed class Stripe(int capacity)
    {
        private const int FirstSweep = 64;

        private readonly Dictionary<LimitKey, Bucket> _buckets = [];
        private int _sweepAt = Math.Min(FirstSweep, capacity);

        public Lock Gate { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate)
                {
                    return _buckets.Count;
                }
            }
        }

        /// <summary>The bucket, unless its policy has been given another algorithm since.</summary>
        public Bucket? Find(in LimitRequest request) =>
            _buckets.TryGetValue(request.Key, out var bucket) && bucket.Kind == request.Rules.Kind ? bucket : null;

        public void Set(in LimitRequest request, Bucket bucket, long now)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_buckets, request.Key, out var existed) = bucket;
            if (!existed && _buckets.Count > _sweepAt)
            {
                Sweep(now);
            }
        }

        public bool Knows(in LimitKey key)
        {
            lock (Gate)
            {
                return _buckets.ContainsKey(key);
            }
        }

        public bool Remove(in LimitKey key)
        {
            lock (Gate)
            {
                return _buckets.Remove(key);
            }
        }

        public LimitKey[] KeysOf(string policy)
        {
            lock (Gate)
            {
                return [.. _buckets.Keys.Where(key => key.Policy == policy)];
            }
        }

        // Runs after as many insertions as it left buckets behind, so its cost per insertion is constant.
        private void Sweep(long now)
        {
            RemoveUpTo(now);
            if (_buckets.Count > capacity - (capacity / 8))
            {
                // All of these are in use. Those nearest to full lose the least by being forgotten.
                var idle = _buckets.Values.Select(bucket => bucket.IdleAt).Order().ToArray();
                RemoveUpTo(idle[capacity / 8]);
            }

            _sweepAt = Math.Min(capacity, Math.Max(FirstSweep, _buckets.Count * 2));
            _buckets.TrimExcess(_sweepAt + 1);
        }

        private void RemoveUpTo(long micros)
        {
            foreach (var (key, bucket) in _buckets)
            {
                if (bucket.IdleAt <= micros)
                {
                    _buckets.Remove(key);
                }
            }
        }
    }
}
