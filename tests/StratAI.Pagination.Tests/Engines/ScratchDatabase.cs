using Npgsql;
using StratAI.Testing;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>A PostgreSQL database that is gone with the test.</summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly string _name;

    private ScratchDatabase(string name, NpgsqlDataSource source) => (_name, Source) = (name, source);

    public NpgsqlDataSource Source { get; }

    public static async Task<ScratchDatabase> CreateAsync()
    {
        var name = $"paging_{Guid.NewGuid():n}";
        await RunAsync($"CREATE DATABASE {name}");
        return new(name, NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = name }));
    }

    public async Task RunScriptAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
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
