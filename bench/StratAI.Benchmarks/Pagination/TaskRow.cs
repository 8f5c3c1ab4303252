using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

public sealed record TaskRow(Guid Id, string Title, int Priority, DateOnly? DueDate, DateTime CreatedAt)
{
    public static PageOrder<TaskRow> Order { get; } = PageOrder<TaskRow>.Create(order => order
        .Key("createdAt", task => task.CreatedAt, "t.created_at")
        .Key("priority", task => task.Priority, "t.priority")
        .Key("dueDate", task => task.DueDate, "t.due_date", nullable: true)
        .TieBreaker("id", task => task.Id, "t.id")
        .Default("-createdAt"));
}
