using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching;

#pragma warning disable RS0026 // Overloads with optional parameters: as HybridCache itself has them.

/// <summary>The calls of <see cref="HybridCache"/> with keys that carry their owner. They work with any implementation.</summary>
public static class HybridCacheScopeExtensions
{
    /// <summary>As <see cref="HybridCache.GetOrCreateAsync{T}(string, Func{CancellationToken, ValueTask{T}}, HybridCacheEntryOptions?, IEnumerable{string}?, CancellationToken)"/>.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="cache">The cache.</param>
    /// <param name="key">The key; the tags of its scope are added to <paramref name="tags"/>.</param>
    /// <param name="factory">Makes the value.</param>
    /// <param name="options">How to cache.</param>
    /// <param name="tags">More tags.</param>
    /// <param name="cancellationToken">Ends this call.</param>
    /// <returns>The value.</returns>
    public static ValueTask<T> GetOrCreateAsync<T>(
        this HybridCache cache,
        CacheKey key,
        Func<CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(key);
        return cache.GetOrCreateAsync(key.Value, factory, options, TagsOf(key, tags), cancellationToken);
    }

    /// <summary>As <see cref="HybridCache.GetOrCreateAsync{TState, T}(string, TState, Func{TState, CancellationToken, ValueTask{T}}, HybridCacheEntryOptions?, IEnumerable{string}?, CancellationToken)"/>.</summary>
    /// <typeparam name="TState">The type of the factory's argument.</typeparam>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="cache">The cache.</param>
    /// <param name="key">The key; the tags of its scope are added to <paramref name="tags"/>.</param>
    /// <param name="state">The factory's argument.</param>
    /// <param name="factory">Makes the value.</param>
    /// <param name="options">How to cache.</param>
    /// <param name="tags">More tags.</param>
    /// <param name="cancellationToken">Ends this call.</param>
    /// <returns>The value.</returns>
    public static ValueTask<T> GetOrCreateAsync<TState, T>(
        this HybridCache cache,
        CacheKey key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(key);
        return cache.GetOrCreateAsync(key.Value, state, factory, options, TagsOf(key, tags), cancellationToken);
    }

    /// <summary>As <see cref="HybridCache.SetAsync"/>.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="cache">The cache.</param>
    /// <param name="key">The key; the tags of its scope are added to <paramref name="tags"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">How to cache.</param>
    /// <param name="tags">More tags.</param>
    /// <param name="cancellationToken">Ends this call before it has begun.</param>
    /// <returns>A task that ends when the value is stored.</returns>
    public static ValueTask SetAsync<T>(
        this HybridCache cache,
        CacheKey key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(key);
        return cache.SetAsync(key.Value, value, options, TagsOf(key, tags), cancellationToken);
    }

    /// <summary>As <see cref="HybridCache.RemoveAsync(string, CancellationToken)"/>.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends this call before it has begun.</param>
    /// <returns>A task that ends when the entry is removed.</returns>
    public static ValueTask RemoveAsync(this HybridCache cache, CacheKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(key);
        return cache.RemoveAsync(key.Value, cancellationToken);
    }

    /// <summary>Removes every entry of a user or a tenant, on every instance.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="scope">The scope; not <see cref="CacheScope.Everybody"/>.</param>
    /// <param name="cancellationToken">Ends this call before it has begun.</param>
    /// <returns>A task that ends when the entries are removed.</returns>
    /// <exception cref="ArgumentException">The scope is everybody's.</exception>
    public static ValueTask EvictAsync(this HybridCache cache, CacheScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(scope);
        return scope.Tag.Length == 0
            ? throw new ArgumentException("Entries of everybody have no tag of their own; RemoveByTagAsync(\"*\") removes all there are.", nameof(scope))
            : cache.RemoveByTagAsync(scope.Tag, cancellationToken);
    }

    private static IEnumerable<string> TagsOf(CacheKey key, IEnumerable<string>? tags) => tags is null ? key.Tags : key.Tags.Concat(tags);
}
