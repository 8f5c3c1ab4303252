using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Internal;

/// <summary>
/// The cache: L1 in front of a shared level. This part holds the public operations, <c>.Create</c> the path of a miss.
/// </summary>
internal sealed partial class CoherentHybridCache(
    CachingOptions options,
    LocalLevel local,
    ISharedLevel shared,
    CodecProvider codecs,
    CacheMetrics metrics,
    TimeProvider time,
    ILogger logger) : HybridCache, IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<FlightKey, Flight> _flights = new();

    public ISharedLevel Shared => shared;

    public LocalLevel Local => local;

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
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        var policy = EntryPolicy.From(options, Options);
        if (policy.ReadsLocal && TryReadLocal<T>(key, out var value))
        {
            metrics.Request(RequestOutcome.Local);
            return new(value);
        }

        return CreateAsync(key, state, factory, policy, tags, cancellationToken);
    }

    public override async ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        var policy = EntryPolicy.From(options, Options);
        var entryTags = CacheNames.ToTags(tags);
        if (!IsCacheable(key, policy, entryTags) || !codecs.Get<T>().TryEncode(value, entryTags, out var content))
        {
            // The value it was meant to replace must not outlive it.
            await RemoveAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        var stamp = policy.WritesShared ? await shared.SetAsync(key, content, policy.Expiration).ConfigureAwait(false) : local.Now;
        if (policy.WritesLocal && stamp is { } current)
        {
            KeepLocal(key, value, content, current, policy.LocalExpiration);
        }
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return RemoveAsync([key], cancellationToken);
    }

    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        // An invalidation that has begun is not given up: half told, it would leave instances with different values.
        cancellationToken.ThrowIfCancellationRequested();
        var cacheable = Cacheable(keys);
        if (cacheable.Length > 0)
        {
            await shared.RemoveAsync(cacheable).ConfigureAwait(false);
        }
    }

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return RemoveByTagAsync([tag], cancellationToken);
    }

    public override async ValueTask RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var cacheable = Cacheable(tags);
        if (cacheable.Contains(CacheNames.AllTag))
        {
            await shared.RemoveAllAsync().ConfigureAwait(false);
        }
        else if (cacheable.Length > 0)
        {
            await shared.RemoveByTagAsync(cacheable).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await shared.DisposeAsync().ConfigureAwait(false);
        metrics.Dispose();
    }

    /// <summary>For containers disposed synchronously: the connection closes in the background, as nothing here may block.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private CachingOptions Options => options;

    private string[] Cacheable(IEnumerable<string>? names) =>
        names is null ? [] : [.. names.Where(name => name is not null && CacheNames.IsCacheable(name, Options.MaximumKeyLength)).Distinct(StringComparer.Ordinal)];

    private bool IsCacheable(string key, EntryPolicy policy, string[] tags)
    {
        if (CacheNames.IsCacheable(key, Options.MaximumKeyLength) && CacheNames.AreCacheable(tags, Options.MaximumKeyLength))
        {
            return policy.Expiration > TimeSpan.Zero;
        }

        logger.NotCacheable();
        return false;
    }

    private bool TryReadLocal<T>(string key, out T value)
    {
        var now = time.GetTimestamp();
        if (shared.TrustsLocal(now) && local.TryGet(key, now, out var entry) && !shared.IsInDoubt(key, entry.Tags))
        {
            return entry.TryRead(codecs.Get<T>(), out value);
        }

        value = default!;
        return false;
    }

    private void KeepLocal<T>(string key, T value, Content content, Stamp stamp, TimeSpan expiration)
    {
        if (expiration <= TimeSpan.Zero || shared.IsInDoubt(key, content.Tags))
        {
            return;
        }

        var expiresAt = time.GetTimestamp() + (long)(expiration.TotalSeconds * time.TimestampFrequency);
        local.Put(key, new LocalEntry(ValueCodec<T>.IsShareable ? value : null, content, stamp, expiresAt));
        if (shared.IsInDoubt(key, content.Tags))
        {
            local.Remove(key);
        }
    }
}
