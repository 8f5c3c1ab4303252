using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.Pagination.Internal;

/// <summary>The package's instruments. Tags hold modes and codes, nothing that a client sent.</summary>
internal sealed class PaginationMetrics
{
    private static readonly string? Version = typeof(PaginationMetrics).Assembly.GetName().Version?.ToString();
    private static readonly ActivitySource Source = new(PaginationDiagnostics.ActivitySourceName, Version);

    private readonly Counter<long> _requests;

    public PaginationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(new MeterOptions(PaginationDiagnostics.MeterName) { Version = Version });
        _requests = meter.CreateCounter<long>(PaginationDiagnostics.Requests, "{request}", "Pages that were asked for.");
    }

    public static Activity? StartPlan() => Source.StartActivity("pagination.plan");

    public void Planned(Activity? activity, PageRequest request, PageError? error)
    {
        var mode = request.Error is not null ? "unknown" : request.Offset is null ? "cursor" : "offset";
        var outcome = error?.Code ?? "ok";
        _requests.Add(1, new(PaginationDiagnostics.ModeTag, mode), new(PaginationDiagnostics.OutcomeTag, outcome));
        activity?.SetTag(PaginationDiagnostics.ModeTag, mode).SetTag(PaginationDiagnostics.OutcomeTag, outcome);
    }
}
