using Npgsql;
using StratAI.Testing;

namespace StratAI.Benchmarks.Pagination;

/// <summary>A million tasks of one user in a PostgreSQL database of its own.</summary>
internal sealed class TaskTable : IAsyncDisposable
{
    public const string Columns = "t.id, t.title, t.priority, t.due_date, t.created_at";
    public const string From = "tasks t";
    public const string Where = "t.owner_id = @owner";

    private readonly string _name;

    private TaskTable(string name) => (_name, Source) = (name, Open(name, prepared: false));

    public NpgsqlDataSource Source { get; }

    /// <param name="prepared">Whether the driver prepares statements that come again, as <c>Max Auto Prepare</c> has it.</param>
    public NpgsqlDataSource Open(bool prepared) => Open(_name, prepared);

    public static async Task<TaskTable> CreateAsync()
    {
        var name = $"bench_{Guid.NewGuid():n}";
        await RunAsync($"CREATE DATABASE {name}");
        var table = new TaskTable(name);
        await table.ExecuteAsync("""
            CREATE UNLOGGED TABLE tasks (
                id uuid PRIMARY KEY, owner_id int NOT NULL, title text NOT NULL, priority int NOT NULL, due_date date, created_at timestamptz NOT NULL);
            INSERT INTO tasks
            SELECT md5(i::text)::uuid, 1, 'Task ' || md5((i / 3)::text), i % 4, CASE WHEN i % 3 > 0 THEN date '2026-01-01' + i % 1000 END,
                timestamptz '2026-01-01Z' + (i::bigint * 7919 % 500000) * interval '1 second'
            FROM generate_series(1, 1000000) AS i;
            CREATE INDEX ON tasks (owner_id, created_at, id);
            CREATE INDEX ON tasks (owner_id, due_date, id);
            CREATE INDEX ON tasks (owner_id, priority DESC, created_at, id);
            """);
        await table.ExecuteAsync("VACUUM ANALYZE tasks");
        return table;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await RunAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    private static NpgsqlDataSource Open(string database, bool prepared) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = database, CommandTimeout = 300, MaxAutoPrepare = prepared ? 50 : 0 });

    private static async Task RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
