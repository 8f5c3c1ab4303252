using System.Diagnostics.Metrics;

namespace StratAI.Host.Features.Documents;

/// <summary>What the ledger of objects counts.</summary>
internal sealed class ObjectMetrics
{
    public const string MeterName = "StratAI.Host";

    private readonly Counter<long> _swept;

    public ObjectMetrics(IMeterFactory meters) => _swept = meters.Create(MeterName).CreateCounter<long>(
        "stratai.host.objects.swept", "{object}", "Objects that the sweeper deleted: of uploads that were abandoned, and of documents that were deleted.");

    public void Swept(string cause) => _swept.Add(1, new KeyValuePair<string, object?>("cause", cause));
}
