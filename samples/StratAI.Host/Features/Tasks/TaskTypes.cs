using System.ComponentModel.DataAnnotations;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Tasks;

internal sealed record TaskBody : IRequestBody
{
    [StringLength(200, MinimumLength = 1)]
    public string Title { get; init; } = "";

    [StringLength(10_000)]
    public string Notes { get; init; } = "";

    [OneOf("todo", "in_progress", "done")]
    public string Status { get; init; } = "todo";

    [Range(0, 3)]
    public int Priority { get; init; }

    public DateOnly? DueDate { get; init; }

    public Guid? AreaId { get; init; }
}

internal sealed record TaskBatchBody : IRequestBody
{
    public const int MaximumTasks = 100;

    [Length(1, MaximumTasks)]
    public IReadOnlyList<TaskBody> Tasks { get; init; } = [];
}

internal sealed record TaskBatch(IReadOnlyList<TaskResource> Data);

internal sealed record TaskResource
{
    public const string Columns = "t.id, t.title, t.notes, t.status, t.priority, t.due_date, t.area_id, t.completed_at, t.created_at, t.updated_at";

    public static readonly PageOrder<TaskResource> Order = PageOrder<TaskResource>.Create(order => order
        .Key("createdAt", task => task.CreatedAt, "t.created_at")
        .Key("updatedAt", task => task.UpdatedAt, "t.updated_at")
        .Key("dueDate", task => task.DueDate, "t.due_date", nullable: true)
        .Key("priority", task => task.Priority, "t.priority")
        .Key("title", task => task.Title, "t.title", collation: TextCollation.Binary)
        .TieBreaker("id", task => task.Id, "t.id")
        .Default("-createdAt"));

    public Guid Id { get; init; }

    public string Title { get; init; } = "";

    public string Notes { get; init; } = "";

    public string Status { get; init; } = "";

    public int Priority { get; init; }

    public DateOnly? DueDate { get; init; }

    public Guid? AreaId { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static TaskResource Create(TaskBody body, TimeProvider time)
    {
        var now = time.Now();
        return new TaskResource { Id = time.NewId(), CreatedAt = now }.With(body, now);
    }

    /// <summary>The task with the writable part replaced. It is completed when it becomes done, and no longer when it stops being so.</summary>
    public TaskResource With(TaskBody body, DateTimeOffset now) => this with
    {
        Title = body.Title,
        Notes = body.Notes,
        Status = body.Status,
        Priority = body.Priority,
        DueDate = body.DueDate,
        AreaId = body.AreaId,
        CompletedAt = body.Status == "done" ? CompletedAt ?? now : null,
        UpdatedAt = now,
    };

    public TaskBody ToBody() => new() { Title = Title, Notes = Notes, Status = Status, Priority = Priority, DueDate = DueDate, AreaId = AreaId };
}
