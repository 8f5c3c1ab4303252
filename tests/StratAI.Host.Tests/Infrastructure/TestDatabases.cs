using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Testing;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A deployment's database, and those of deployments apart from it: all copies of one that was brought up to date once.</summary>
public sealed class TestDatabases(string name)
{
    private readonly List<string> _made = [];

    private string Template => $"{name}_template";

    /// <summary>The database of the name.</summary>
    public async Task CreateAsync()
    {
        Make(Template, "");
        await MigrateAsync();
        Make(name, $"TEMPLATE {Template}");
    }

    /// <summary>Another one; returns its name.</summary>
    public string CreateApart(int number)
    {
        Make($"{name}_{number}", $"TEMPLATE {Template}");
        return $"{name}_{number}";
    }

    public void Drop()
    {
        NpgsqlConnection.ClearAllPools();
        lock (_made)
        {
            _made.ForEach(made => Administer($"DROP DATABASE {made} WITH (FORCE)"));
        }
    }

    private async Task MigrateAsync()
    {
        await using var database = AppDatabase.OpenPostgres(
            new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = Template }.ConnectionString, NullLoggerFactory.Instance);
        await new Migrator(database, TimeProvider.System, NullLogger<Migrator>.Instance).ApplyAsync(default);
    }

    private void Make(string database, string like)
    {
        Administer($"CREATE DATABASE {database} {like}");
        lock (_made)
        {
            _made.Add(database);
        }
    }

    private static void Administer(string sql)
    {
        using var connection = new NpgsqlConnection(TestServers.Postgres);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
