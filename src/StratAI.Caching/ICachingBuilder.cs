using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching;

/// <summary>What <c>AddStratAICaching</c> returns, for extensions that add to one cache.</summary>
public interface ICachingBuilder
{
    /// <summary>The services the cache is registered in.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The name of this cache's <see cref="CachingOptions"/>: empty for the default cache, the service key's text for a keyed one.
    /// </summary>
    string Name { get; }
}
