using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Internal;

internal sealed class CachingBuilder(IServiceCollection services, string name, object? serviceKey) : ICachingBuilder
{
    public IServiceCollection Services => services;

    public string Name => name;

    public object? ServiceKey => serviceKey;
}
