using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests;

public sealed class PoolTests
{
    [Fact]
    public async Task The_pool_is_small_unless_the_connection_string_says_otherwise()
    {
        var plain = await SettingsAsync(TestServers.Postgres);
        Assert.Equal((10, 20, 10, 10, true), (plain.MaxPoolSize, plain.ConnectionIdleLifetime, plain.Timeout, plain.CommandTimeout, plain.NoResetOnClose));

        var given = await SettingsAsync(TestServers.Postgres + ";Maximum Pool Size=3;Connection Idle Lifetime=30;Timeout=5;No Reset On Close=false");
        Assert.Equal((3, 30, 5, 10, false), (given.MaxPoolSize, given.ConnectionIdleLifetime, given.Timeout, given.CommandTimeout, given.NoResetOnClose));
    }

    [Theory]
    [InlineData(false, "", 50)]
    [InlineData(false, ";Max Auto Prepare=0", 0)]
    [InlineData(true, "", 0)]
    [InlineData(true, ";Max Auto Prepare=7", 7)]
    public async Task Statements_are_prepared_where_the_server_is_reached_without_a_pooler(bool pooled, string given, int expected)
    {
        var settings = await SettingsAsync((pooled ? PgBouncer : TestServers.Postgres) + given);
        Assert.Equal((expected, true), (settings.MaxAutoPrepare, settings.NoResetOnClose));
    }

    [Fact]
    public async Task What_runs_again_and_again_is_planned_once()
    {
        await using var database = OpenOne(TimeProvider.System);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i + 1, await database.FindAsync<int>("SELECT @Number + 1", new { Number = i }, default));
        }

        var prepared = await database.QueryAsync<string>("SELECT statement FROM pg_prepared_statements", new { }, default);
        Assert.Equal("SELECT $1 + 1", Assert.Single(prepared));
    }

    [Fact]
    public async Task A_server_that_is_away_at_first_is_asked_again()
    {
        var server = new NpgsqlConnectionStringBuilder(TestServers.Postgres);
        await using var proxy = new TcpProxy($"{server.Host}:{server.Port}");
        server.Port = int.Parse(proxy.Endpoint.Split(':')[1], CultureInfo.InvariantCulture);
        proxy.Cut();
        await using var database = AppDatabase.OpenPostgres(server.ConnectionString, NullLoggerFactory.Instance);
        await Assert.ThrowsAnyAsync<DbException>(() => database.OpenAsync(default));

        proxy.Restore();
        Assert.Equal(1, await database.FindAsync<int>("SELECT 1", new { }, default));
    }

    [Fact]
    public async Task Who_gets_no_connection_for_5_seconds_is_told_that_the_database_is_busy()
    {
        var time = new FakeTimeProvider();
        await using var database = OpenOne(time);
        var held = await database.OpenAsync(default);
        var waiting = database.OpenAsync(default);
        using var leaving = new CancellationTokenSource();
        var left = database.OpenAsync(leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Contains("All 1 connections", (await Assert.ThrowsAsync<DatabaseBusyException>(() => waiting)).Message, StringComparison.Ordinal);

        var next = database.OpenAsync(default);
        await held.DisposeAsync();
        await (await next.WaitAsync(TimeSpan.FromSeconds(30))).DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_makes_room_for_another(bool pooled)
    {
        await using var database = OpenOne(TimeProvider.System, pooled);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<DbException>(() => database.WriteAsync(
                async work =>
                {
                    var pid = await work.FindAsync<int>("SELECT pg_backend_pid()", new { });
                    await using var admin = NpgsqlDataSource.Create(TestServers.Postgres);
                    await using var kill = admin.CreateCommand($"SELECT pg_terminate_backend({pid})");
                    await kill.ExecuteNonQueryAsync();
                    return await work.FindAsync<int>("SELECT 1", new { });
                },
                default));
            Assert.Equal(1, await database.FindAsync<int>("SELECT 1", new { }, default));
        }
    }

    /// <summary>As a deployment names it: what a pooler needs is the host's to know.</summary>
    private static string PgBouncer
    {
        get
        {
            var settings = new NpgsqlConnectionStringBuilder(TestServers.PgBouncer);
            settings.Remove("No Reset On Close");
            return settings.ConnectionString;
        }
    }

    private static AppDatabase OpenOne(TimeProvider time, bool pooled = false) =>
        AppDatabase.OpenPostgres((pooled ? PgBouncer : TestServers.Postgres) + ";Maximum Pool Size=1", NullLoggerFactory.Instance, time: time);

    private static async Task<NpgsqlConnectionStringBuilder> SettingsAsync(string connectionString)
    {
        await using var database = AppDatabase.OpenPostgres(connectionString, NullLoggerFactory.Instance);
        await using var connection = await database.OpenAsync(default);
        return new(connection.ConnectionString);
    }
}
