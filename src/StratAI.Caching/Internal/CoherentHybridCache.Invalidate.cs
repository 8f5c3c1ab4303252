using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

internal sealed partial class CoherentHybridCache
{
    public override async ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        var policy = EntryPolicy.From(options, Options).ForStoring();
        var entryTags = CacheNames.ToTags(tags);
        if (!IsCacheable(key, policy, entryTags) || !codecs.Get<T>().TryEncode(value, entryTags, out var content))
        {
            // The value it was meant to replace must not outlive it.
            await RemoveAsync(key, cancellationToken).ConfigureAwait(false);
            return;
        }

        var stamp = policy.WritesShared ? await shared.SetAsync(key, content, policy).ConfigureAwait(false) : local.Now;
        if (policy.WritesLocal && stamp is { } current)
        {
            KeepLocal(key, value, content, current, Lifetime.From(clock, policy, policy.Expiration, policy.FailSafe));
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
}
