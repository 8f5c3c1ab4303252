namespace StratAI.Pagination;

/// <summary>Names of the package's telemetry. No tag or log line ever carries a cursor, a user, a filter or a sort.</summary>
public static class PaginationDiagnostics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "StratAI.Pagination";

    /// <summary>The activity source's name. One activity, <c>pagination.plan</c>, with the tags of <see cref="Requests"/>.</summary>
    public const string ActivitySourceName = "StratAI.Pagination";

    /// <summary>Counter <c>{request}</c>: pages that were asked for. Tags <see cref="ModeTag"/> and <see cref="OutcomeTag"/>.</summary>
    public const string Requests = "stratai.pagination.requests";

    /// <summary>Tag: <c>offset</c>, <c>cursor</c>, or <c>unknown</c> when the query could not be read.</summary>
    public const string ModeTag = "mode";

    /// <summary>Tag: <c>ok</c>, or the code of the <see cref="PageError"/>.</summary>
    public const string OutcomeTag = "outcome";
}
