using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

public sealed record TaskRow
{
    public Guid Id { get; init; }

    [JsonIgnore]
    public int OwnerId { get; init; }

    public string Title { get; init; } = "";

    public int Priority { get; init; }

    public DateOnly? DueDate { get; init; }

    public DateTime CreatedAt { get; init; }

    public static PageOrder<TaskRow> Order { get; } = PageOrder<TaskRow>.Create(order => order
        .Key("createdAt", task => task.CreatedAt, "t.created_at")
        .Key("priority", task => task.Priority, "t.priority")
        .Key("dueDate", task => task.DueDate, "t.due_date", nullable: true)
        .TieBreaker("id", task => task.Id, "t.id")
        .Default("-createdAt"));
}

internal sealed class TaskContext(DbContextOptions<TaskContext> options) : DbContext(options)
{
    public DbSet<TaskRow> Tasks => Set<TaskRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<TaskRow>(task =>
    {
        task.ToTable("tasks");
        task.Property(row => row.Id).HasColumnName("id");
        task.Property(row => row.OwnerId).HasColumnName("owner_id");
        task.Property(row => row.Title).HasColumnName("title");
        task.Property(row => row.Priority).HasColumnName("priority");
        task.Property(row => row.DueDate).HasColumnName("due_date");
        task.Property(row => row.CreatedAt).HasColumnName("created_at");
    });
}
