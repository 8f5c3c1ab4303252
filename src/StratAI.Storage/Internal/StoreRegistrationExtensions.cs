using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Storage.Internal;

internal static class StoreRegistrationExtensions
{
    /// <summary>The stores registered so far.</summary>
    public static IEnumerable<StoreRegistration> Registrations(this IServiceCollection services) =>
        services.Where(service => !service.IsKeyedService).Select(service => service.ImplementationInstance).OfType<StoreRegistration>();
}
