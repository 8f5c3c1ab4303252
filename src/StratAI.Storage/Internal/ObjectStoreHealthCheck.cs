using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratAI.Storage.Internal;

internal sealed class ObjectStoreHealthCheck(IObjectStore store) : IHealthCheck
{
    /// <summary>Nothing is ever stored under it; a missing object is as good an answer as any.</summary>
    private const string ProbeKey = "stratai-health-probe";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        Probing.Begin();
        try
        {
            await store.StatAsync(ProbeKey, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy(store.Mode);
        }
        catch (ObjectStoreException exception)
        {
            return new(context.Registration.FailureStatus, $"{store.Mode}: {exception.Message}", exception);
        }
    }
}
