using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Internal;

namespace StratAI.Caching;

/// <summary>Many keys in one call.</summary>
public static class HybridCacheBatchExtensions
{
    /// <summary>
    /// Gets the values of many keys: those that L1 misses by one call to Redis per 128 keys, those that Redis misses by one run of the factory. Of keys that
    /// are being made by other calls it awaits the values. Everything else is as in <c>GetOrCreateAsync</c>, except that the factory of many
    /// knows neither a soft timeout nor a lease across instances. Another implementation of <see cref="HybridCache"/> is asked key by key.
    /// </summary>
    /// <typeparam name="TKey">What names a value to the factory, such as an id.</typeparam>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="cache">The cache.</param>
    /// <param name="keys">The keys; one that comes twice counts once.</param>
    /// <param name="name">The cache's key of a value; different for different keys.</param>
    /// <param name="factory">Makes the values of the keys it is given. A key that it leaves out has no value; that is not cached, where a null value is.</param>
    /// <param name="options">How to cache.</param>
    /// <param name="tags">The tags of a value; none by default.</param>
    /// <param name="cancellationToken">Ends this call; the factory when nobody waits for any of its values.</param>
    /// <returns>The values by key, without the keys that the factory left out.</returns>
    public static async ValueTask<IReadOnlyDictionary<TKey, T>> GetOrCreateManyAsync<TKey, T>(
        this HybridCache cache,
        IEnumerable<TKey> keys,
        Func<TKey, string> name,
        Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> factory,
        HybridCacheEntryOptions? options = null,
        Func<TKey, IEnumerable<string>?>? tags = null,
        CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(factory);
        var names = new Dictionary<string, TKey>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            names[name(key)] = key;
        }

        return cache is CoherentHybridCache coherent
            ? await coherent.GetOrCreateManyAsync(names, factory, options, tags, cancellationToken).ConfigureAwait(false)
            : await GetOneByOneAsync(cache, names, factory, options, tags, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<Dictionary<TKey, T>> GetOneByOneAsync<TKey, T>(
        HybridCache cache,
        Dictionary<string, TKey> names,
        Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> factory,
        HybridCacheEntryOptions? options,
        Func<TKey, IEnumerable<string>?>? tags,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        var found = new Dictionary<TKey, T>();
        foreach (var (name, key) in names)
        {
            try
            {
                found[key] = await cache.GetOrCreateAsync(
                    name,
                    (key, factory),
                    static async (state, token) => (await state.factory([state.key], token).ConfigureAwait(false)).TryGetValue(state.key, out var value)
                        ? value
                        : throw new KeyNotFoundException(),
                    options,
                    tags?.Invoke(key),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (KeyNotFoundException)
            {
                // The only way to tell another implementation not to cache.
            }
        }

        return found;
    }
}
