using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Internal;

/// <summary>
/// The cache: L1 in front of a shared level. This part reads; <c>.Create</c> and <c>.Make</c> are the path of a miss, <c>.Batch</c> that of
/// many keys, <c>.Invalidate</c> changes.
/// </summary>
internal sealed partial class CoherentHybridCache(
    CachingOptions options,
    LocalLevel local,
    ISharedLevel shared,
    CodecProvider codecs,
    CacheMetrics metrics,
    CacheClock clock,
    TimeProvider time,
    ILogger logger) : HybridCache, IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<FlightKey, Flight> _flights = new();
    private readonly EntryPolicy _default = EntryPolicy.From(null, options);
    private readonly Dictionary<string, HybridCacheEntryOptions> _profiles =
        options.Profiles.ToDictionary(named => named.Key, named => named.Value.ToEntryOptions(), StringComparer.OrdinalIgnoreCase);
    private readonly CoherenceSampler _sampler = new(shared, metrics);
    private readonly bool _samples = options.CoherenceSampling > 0 && shared.IsDistributed;

    public ISharedLevel Shared => shared;

    public LocalLevel Local => local;

    public HybridCacheEntryOptions Profile(string name) => _profiles.TryGetValue(name, out var profile)
        ? profile
        : throw new ArgumentException($"There is no cache profile '{name}'; there are: {string.Join(", ", _profiles.Keys.Order(StringComparer.Ordinal))}.", nameof(name));

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(factory);
        if (ReadScope.Current is not null && shared.IsDistributed)
        {
            return ReadInScopeAsync(key, state, factory, options, tags, cancellationToken);
        }

        var (now, doubts) = (clock.Now, local.HasDoubts);
        if (ReadsLocal(options) && !cancellationToken.IsCancellationRequested
            && now < local.TrustedUntil && local.TryGet(key, now, out var entry) && TryUse<T>(key, entry, doubts, out var value))
        {
            metrics.Request(RequestOutcome.Local);
            if (now >= entry.RefreshAt || _samples)
            {
                FollowUp(key, entry, now, state, factory, options, tags);
            }

            return new(value);
        }

        return CreateAsync(key, state, factory, EntryPolicy.From(options, Options), tags, 0, cancellationToken);
    }

    /// <summary>Does not make a string of the key where L1 has the entry.</summary>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var (now, doubts) = (clock.Now, local.HasDoubts);
        if (ReadsLocal(options) && !cancellationToken.IsCancellationRequested && ReadScope.Current is null
            && now < local.TrustedUntil && local.TryGet(key, now, out var entry) && now < entry.RefreshAt && !_samples
            && TryUse<T>(null, entry, doubts, out var value))
        {
            metrics.Request(RequestOutcome.Local);
            return new(value);
        }

        return GetOrCreateAsync(key.ToString(), state, factory, options, tags, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await shared.DisposeAsync().ConfigureAwait(false);
        metrics.Dispose();
    }

    /// <summary>For containers disposed synchronously: the connection closes in the background, as nothing here may block.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private CachingOptions Options => options;

    private bool ReadsLocal(HybridCacheEntryOptions? asked) =>
        ((asked?.Flags ?? _default.Flags) & HybridCacheEntryFlags.DisableLocalCacheRead) == 0;

    /// <summary>For a request whose session must see its own writes, also those made on other instances a moment ago.</summary>
    private async ValueTask<T> ReadInScopeAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (policy, floor) = await ForScopeAsync(EntryPolicy.From(options, Options)).ConfigureAwait(false);
        var (now, doubts) = (clock.Now, local.HasDoubts);
        if (policy.ReadsLocal && now < local.TrustedUntil && local.TryGet(key, now, out var entry) && entry.Stamp.Sequence >= floor
            && TryUse<T>(key, entry, doubts, out var value))
        {
            metrics.Request(RequestOutcome.Local);
            FollowUp(key, entry, now, state, factory, options, tags);
            return value;
        }

        return await CreateAsync(key, state, factory, policy, tags, floor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The policy in the scope of the request, and the sequence that entries must have reached for it.</summary>
    private async ValueTask<(EntryPolicy Policy, long Floor)> ForScopeAsync(EntryPolicy policy)
    {
        var floor = ReadScope.Current is { } scope ? await scope.FloorAsync(shared).ConfigureAwait(false) : 0;

        // Where nobody can say what the session has written, the only sure source is the factory's.
        return floor == long.MaxValue
            ? (policy with { Flags = policy.Flags | HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead }, floor)
            : (policy, floor);
    }

    /// <param name="key">The entry's key; <see langword="null"/> where it is not at hand.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="doubts">
    /// Whether there were invalidations in doubt before the entry was looked up: one that is delivered meanwhile is first known here, then no longer in doubt.
    /// </param>
    /// <param name="value">The value.</param>
    private bool TryUse<T>(string? key, LocalEntry entry, bool doubts, out T value)
    {
        if (doubts && (key is null || !IsValid(key, entry.Stamp, entry.Tags)))
        {
            value = default!;
            return false;
        }

        return entry.TryRead(codecs, out value);
    }

    /// <summary>What some hits in L1 bring about in the background.</summary>
    private void FollowUp<TState, T>(
        string key,
        LocalEntry entry,
        long now,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags)
    {
        if (now >= entry.RefreshAt && entry.BeginsRefresh())
        {
            Refresh(key, state, factory, EntryPolicy.From(options, Options), CacheNames.ToTags(tags));
        }

        if (_samples && Random.Shared.NextDouble() < Options.CoherenceSampling)
        {
            _sampler.Sample(key, entry);
        }
    }

    private void KeepLocal<T>(string key, T value, Content content, Stamp stamp, Lifetime lifetime)
    {
        if (lifetime.ExpiresAt <= clock.Now || shared.IsInDoubt(key, content.Tags))
        {
            return;
        }

        local.Put(key, new LocalEntry(ValueCodec<T>.IsShareable ? value : null, content, stamp, lifetime));
        if (shared.IsInDoubt(key, content.Tags))
        {
            local.Remove(key);
        }
    }
}
