using Npgsql;
using StratAI.Testing;

namespace StratAI.Benchmarks.Chat;

/// <summary>An empty PostgreSQL database of its own, with its statements counted.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string _name = $"bench_{Guid.NewGuid():n}";

    private BenchDatabase()
    {
        ConnectionString = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = _name }.ConnectionString;
        // Not pooled: what a pool does to a connection between two uses would be counted too.
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false });
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    /// <exception cref="PostgresException">The server does not have pg_stat_statements, or has not loaded it at its start.</exception>
    public static async Task<BenchDatabase> CreateAsync()
    {
        var database = new BenchDatabase();
        await RunAsync($"CREATE DATABASE {database._name}");
        await using var create = database.Source.CreateCommand("CREATE EXTENSION pg_stat_statements");
        await create.ExecuteNonQueryAsync();
        return database;
    }

    /// <summary>How often the server has forgotten the statements that ran least, of all its databases, to make room for new ones.</summary>
    public async Task<long> ForgottenAsync()
    {
        await using var command = Source.CreateCommand("SELECT dealloc FROM pg_stat_statements_info");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await RunAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    private static async Task RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
