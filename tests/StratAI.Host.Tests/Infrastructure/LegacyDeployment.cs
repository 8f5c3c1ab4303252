using System.Diagnostics;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Testing;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A deployment with a database and objects of its own, whose processes come and go.</summary>
public sealed class LegacyDeployment : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _name = $"legacy_{Guid.NewGuid():N}";
    private readonly bool _isDistributed;
    private AppDatabase? _database;

    private LegacyDeployment(HostFixture host, params (string Name, string Value)[] settings)
    {
        _isDistributed = host.IsDistributed;
        Settings = host.SettingsApart(settings);
        if (_isDistributed)
        {
            Settings["ConnectionStrings:Postgres"] = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = _name }.ConnectionString;
            Settings["Storage:S3:Bucket"] = _name.Replace('_', '-');
        }
    }

    public Dictionary<string, string> Settings { get; }

    public static async Task<LegacyDeployment> CreateAsync(HostFixture host, params (string Name, string Value)[] settings)
    {
        var deployment = new LegacyDeployment(host, settings);
        if (deployment._isDistributed)
        {
            await AdministerAsync($"CREATE DATABASE {deployment._name}");
        }

        return deployment;
    }

    /// <summary>Number of rows the migration has moved, seen from outside of any process of the host.</summary>
    public async Task<long> MovedAsync()
    {
        _database ??= _isDistributed
            ? AppDatabase.OpenPostgres(Settings["ConnectionStrings:Postgres"], Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)
            : AppDatabase.OpenSqlite(Path.Combine(Settings["Data:Folder"], "stratai.db"));
        try
        {
            return await _database.FindAsync<long>("SELECT count(*) FROM document_migrations WHERE state = 'moved'", new { }, default);
        }
        catch (System.Data.Common.DbException)
        {
            // No run has made the table yet.
            return 0;
        }
    }

    /// <summary>Waits until so many rows have moved; returns how many it were then.</summary>
    public async Task<long> WaitUntilMovedAsync(long count, HostCommand? by = null)
    {
        long moved;
        for (var started = Stopwatch.GetTimestamp(); (moved = await MovedAsync()) < count && by?.HasExited != true; await Task.Yield())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"Only {moved} rows have moved.");
        }

        return moved;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_isDistributed)
        {
            NpgsqlConnection.ClearAllPools();
            await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        }
    }

    private static async Task AdministerAsync(string sql)
    {
        await using var admin = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
