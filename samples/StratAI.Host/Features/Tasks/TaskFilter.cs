using Dapper;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Tasks;

/// <summary>The filters of <c>GET /api/tasks</c>; those that are absent do not filter.</summary>
internal sealed record TaskFilter(string[]? Status, int? Priority, Guid? AreaId, DateOnly? DueBefore, DateOnly? DueAfter, string? Q)
{
    private static readonly string[] Statuses = ["todo", "in_progress", "done"];

    public Problem? Check() =>
        Status?.Except(Statuses).FirstOrDefault() is { } unknown ? Problem.Validation("status", $"'{unknown}' is none of {string.Join(", ", Statuses)}.")
        : SearchFilter.Check(Q);

    public string Where(Dialect dialect) => string.Join(" AND ", new[]
    {
        "t.user_id = @userId",
        Status is { Length: > 0 } ? dialect.In("t.status", "@statuses") : null,
        Priority is null ? null : "t.priority = @Priority",
        AreaId is null ? null : "t.area_id = @AreaId",
        DueBefore is null ? null : "t.due_date < @DueBefore",
        DueAfter is null ? null : "t.due_date > @DueAfter",
        SearchFilter.Where(dialect, Q, "tasks", "t"),
    }.OfType<string>());

    public DynamicParameters Parameters(string userId, Dialect dialect) =>
        new(new { userId, statuses = dialect.List(Status ?? []), Priority, AreaId, DueBefore, DueAfter, term = dialect.SearchTerm(Q ?? "") });

    /// <summary>What a cursor is bound to: the same filters, in whatever order they were written.</summary>
    public override string ToString() => string.Join('\n', string.Join(',', (Status ?? []).Order()), Priority, AreaId, $"{DueBefore:O}", $"{DueAfter:O}", Q);
}
