using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using StratAI.Storage.Migration;
using StratAI.Testing;

namespace StratAI.Storage.Tests.Migration;

/// <summary>A database of an application that keeps its images as base64.</summary>
public abstract class LegacyDatabase : IAsyncLifetime
{
    private int _tables;
    private int _open;

    public abstract SqlFlavour Flavour { get; }

    /// <summary>Connections given out and not yet given back.</summary>
    public int OpenConnections => _open;

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>A table of one test's own.</summary>
    public async Task<LegacyTestTable> CreateTableAsync()
    {
        var table = new LegacyTestTable(this, $"images_{Interlocked.Increment(ref _tables)}");
        await ExecuteAsync($"CREATE TABLE {table.Name} (id {IdType} PRIMARY KEY, content_base64 text, object_key text, size bigint, sha256 text, content_type text, title text)");
        return table;
    }

    public MigrationDatabase ForMigration() => new(Flavour, async _ => await OpenAsync());

    public async Task<DbConnection> OpenAsync()
    {
        var connection = Create();
        await connection.OpenAsync();
        Interlocked.Increment(ref _open);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == System.Data.ConnectionState.Closed)
            {
                Interlocked.Decrement(ref _open);
            }
        };
        return connection;
    }

    public Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) => WithAsync(sql, parameters, command => command.ExecuteNonQueryAsync());

    public Task<List<object?[]>> QueryAsync(string sql, params (string Name, object? Value)[] parameters) => WithAsync(sql, parameters, async command =>
    {
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))]);
        }

        return rows;
    });

    /// <summary>An id as the driver takes it.</summary>
    public virtual object NewId() => Guid.CreateVersion7();

    protected virtual string IdType => "uuid";

    protected abstract DbConnection Create();

    private async Task<T> WithAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbCommand, Task<T>> run)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return await run(command);
    }
}

public class PostgresLegacy : LegacyDatabase
{
    private readonly string _name = $"storage_{Guid.NewGuid():N}";

    public override SqlFlavour Flavour => SqlFlavour.PostgreSql;

    protected virtual string Server => TestServers.Postgres;

    public override Task InitializeAsync() => AdministerAsync($"CREATE DATABASE {_name}");

    public override async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    protected override DbConnection Create() =>
        new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Database = _name, MaxPoolSize = 20 }.ConnectionString);

    private static async Task AdministerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>The same through PgBouncer in transaction mode.</summary>
public sealed class PgBouncerLegacy : PostgresLegacy
{
    protected override string Server => TestServers.PgBouncer;
}

public sealed class SqliteLegacy : LegacyDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-legacy-").FullName;

    public override SqlFlavour Flavour => SqlFlavour.Sqlite;

    protected override string IdType => "text";

    public override object NewId() => Guid.CreateVersion7().ToString();

    public override Task InitializeAsync() => ExecuteAsync("PRAGMA journal_mode = WAL");

    public override Task DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    protected override DbConnection Create() => new SqliteConnection($"Data Source={Path.Combine(_folder, "legacy.db")}");
}
