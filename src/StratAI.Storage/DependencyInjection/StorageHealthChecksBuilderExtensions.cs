using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratAI.Storage.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health check of StratAI.Storage.</summary>
public static class StorageHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that looks one object up in the store; whether it exists does not matter.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">Name of the check. Default <c>storage</c>.</param>
    /// <param name="failureStatus">Status when the store fails. Default: unhealthy.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddStratAIStorage(
        this IHealthChecksBuilder builder,
        string name = "storage",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<ObjectStoreHealthCheck>(name, failureStatus, tags ?? []);
    }
}
