using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using StratAI.Pagination.Tests.Engines;

namespace StratAI.Pagination.Tests.Depth;

internal sealed record TaskRow
{
    public Guid Id { get; init; }

    public int OwnerId { get; init; }

    public string Title { get; init; } = "";

    public int Priority { get; init; }

    public DateOnly? DueDate { get; init; }

    public DateTime CreatedAt { get; init; }

    public static PageOrder<TaskRow> Order { get; } = PageOrder<TaskRow>.Create(order => order
        .Key("createdAt", task => task.CreatedAt, "t.created_at")
        .Key("priority", task => task.Priority, "t.priority")
        .Key("dueDate", task => task.DueDate, "t.due_date", nullable: true)
        .Key("title", task => task.Title, "t.title", collation: TextCollation.Column)
        .Key("titleBytes", task => task.Title, "t.title", collation: TextCollation.Binary)
        .TieBreaker("id", task => task.Id, "t.id")
        .Default("-createdAt"));

    public static TaskRow Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Title = reader.GetString(1),
        Priority = reader.GetInt32(2),
        DueDate = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3),
        CreatedAt = reader.GetDateTime(4),
    };
}

/// <summary>A million tasks of one user in PostgreSQL: a few priorities, a third without a date, each second used twice.</summary>
public sealed class MillionTasks : IAsyncLifetime
{
    public const int Rows = 1_000_000;

    internal const string Columns = "t.id, t.title, t.priority, t.due_date, t.created_at";

    internal ScratchDatabase Database { get; private set; } = null!;

    internal TaskContext Open(params IEnumerable<Microsoft.EntityFrameworkCore.Diagnostics.IInterceptor> interceptors) => new(
        new DbContextOptionsBuilder<TaskContext>().UseNpgsql(Database.Source).AddInterceptors(interceptors).Options);

    public async Task InitializeAsync()
    {
        Database = await ScratchDatabase.CreateAsync();
        await Database.RunScriptAsync($"""
            CREATE UNLOGGED TABLE tasks (
                id uuid PRIMARY KEY, owner_id int NOT NULL, title text NOT NULL, priority int NOT NULL, due_date date, created_at timestamptz NOT NULL);
            INSERT INTO tasks
            SELECT md5(i::text)::uuid, 1, 'Task ' || md5((i / 3)::text), i % 4, CASE WHEN i % 3 > 0 THEN date '2026-01-01' + i % 1000 END,
                timestamptz '2026-01-01Z' + (i::bigint * 7919 % ({Rows} / 2)) * interval '1 second'
            FROM generate_series(1, {Rows}) AS i;
            CREATE INDEX ON tasks (owner_id, created_at, id);
            CREATE INDEX ON tasks (owner_id, due_date, id);
            CREATE INDEX ON tasks (owner_id, title, id);
            CREATE INDEX ON tasks (owner_id, title COLLATE "C", id);
            CREATE INDEX ON tasks (owner_id, priority DESC, created_at, id);
            CREATE INDEX ON tasks (owner_id, priority, due_date DESC NULLS LAST, id DESC);
            CREATE INDEX ON tasks (owner_id, due_date, priority DESC, id DESC);
            CREATE INDEX ON tasks (owner_id, priority, due_date, id);
            """);
        // Not in one batch with what it looks at: it would run in the same transaction.
        await Database.RunScriptAsync("VACUUM ANALYZE tasks");
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();
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
