using System.Diagnostics.Metrics;
using StratAI.Host.Telemetry;

namespace StratAI.Host.Features.Documents;

/// <summary>What the ledger of objects counts.</summary>
internal sealed class ObjectMetrics
{
    private readonly Counter<long> _swept;

    public ObjectMetrics(IMeterFactory meters) => _swept = meters.Create(HostTelemetry.Name).CreateCounter<long>(
        "stratai.host.objects.swept", "{object}", "Objects that the sweeper deleted: of uploads that were abandoned, and of documents that were deleted.");

    public void Swept(string cause) => _swept.Add(1, new KeyValuePair<string, object?>("cause", cause));
}
