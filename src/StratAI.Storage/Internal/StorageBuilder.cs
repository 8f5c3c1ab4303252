using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Storage.Internal;

internal sealed class StorageBuilder(IServiceCollection services, StoreRegistration registration) : IStorageBuilder
{
    public IServiceCollection Services => services;

    public string Name => registration.Name;

    public object? ServiceKey => registration.ServiceKey;

    public StoreRegistration Registration => registration;
}
