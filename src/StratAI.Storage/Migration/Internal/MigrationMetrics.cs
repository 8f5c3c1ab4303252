using System.Diagnostics.Metrics;

namespace StratAI.Storage.Migration.Internal;

internal sealed class MigrationMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _fallbacks;

    public MigrationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(StorageDiagnostics.MeterName);
        _rows = meter.CreateCounter<long>(StorageDiagnostics.MigrationRows, "{row}", "Rows a migration worked on.");
        _fallbacks = meter.CreateCounter<long>(StorageDiagnostics.MigrationFallbacks, "{read}", "Reads answered from the column.");
    }

    public void Row(RowOutcome outcome) => _rows.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));

    public void Fallback(string reason) => _fallbacks.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
