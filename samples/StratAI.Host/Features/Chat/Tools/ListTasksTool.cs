using System.ComponentModel;
using StratAI.Host.Database;
using StratAI.Host.Features.Tasks;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

internal sealed record ListTasksArguments : IRequestBody
{
    [Description("Only tasks with one of these statuses: todo, in_progress, done.")]
    public string[]? Status { get; init; }

    [Description("Only tasks of this priority, from 0 (none) to 3 (highest).")]
    public int? Priority { get; init; }

    [Description("Only tasks that are due before this day.")]
    public DateOnly? DueBefore { get; init; }

    [Description("Only tasks that are due after this day.")]
    public DateOnly? DueAfter { get; init; }

    [Description("Only tasks whose title or notes hold all of these words.")]
    public string? Query { get; init; }
}

internal sealed class ListTasksTool(AppDatabase database, ToolResults results) : ReadingTool<ListTasksArguments>(results)
{
    private const int Limit = 50;

    public override string Name => "list_tasks";

    public override string Description => "Lists the user's tasks, those that are due first before the others.";

    protected override ValueTask<IEnumerable<string>> TagsAsync(string userId, CancellationToken cancellation) => new([ToolResults.TagOf(userId, ToolSubject.Tasks)]);

    // Nothing of areas: they and their tasks go apart without this user's doing.
    protected override async Task<ToolResult> ReadAsync(string userId, ListTasksArguments arguments, CancellationToken cancellation)
    {
        var filter = new TaskFilter(arguments.Status, arguments.Priority, null, arguments.DueBefore, arguments.DueAfter, arguments.Query);
        if (filter.Check() is { } problem)
        {
            return ToolResult.Failure(problem);
        }

        var tasks = await database.QueryAsync<TaskResource>(
            $"""
            SELECT {TaskResource.Columns} FROM tasks t WHERE {filter.Where(database.Dialect)}
            ORDER BY t.due_date IS NULL, t.due_date, t.created_at DESC, t.id LIMIT {Limit + 1}
            """,
            filter.Parameters(userId, database.Dialect),
            cancellation);
        return ToolResult.List(
            tasks.Select(task => new { task.Id, task.Title, Notes = ToolResult.Shorten(task.Notes), task.Status, task.Priority, task.DueDate, task.CompletedAt }), Limit);
    }
}
