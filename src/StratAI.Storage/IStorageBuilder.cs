using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Storage;

/// <summary>What <c>AddStratAIStorage</c> returns, for extensions that add to one store.</summary>
public interface IStorageBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The name of this store's <see cref="StorageOptions"/>: empty for the default store, the service key's text for a keyed one.
    /// </summary>
    string Name { get; }

    /// <summary>The key this store's services are registered under; <see langword="null"/> for the default store.</summary>
    object? ServiceKey { get; }
}
