using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratAI.Storage;
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
    /// <summary>Adds the same check for a keyed store.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="serviceKey">The store's key.</param>
    /// <param name="name">Name of the check. Default <c>storage-</c> and the key's text.</param>
    /// <param name="failureStatus">Status when the store fails. Default: unhealthy.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddKeyedStratAIStorage(
        this IHealthChecksBuilder builder,
        object serviceKey,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(serviceKey);
        return builder.Add(new(
            name ?? string.Create(CultureInfo.InvariantCulture, $"storage-{serviceKey}"),
            provider => new ObjectStoreHealthCheck(provider.GetRequiredKeyedService<IObjectStore>(serviceKey)),
            failureStatus,
            tags));
    }
}
