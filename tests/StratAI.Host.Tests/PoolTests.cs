using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public sealed class PoolTests
{
    [Fact]
    public async Task The_pool_is_small_unless_the_connection_string_says_otherwise()
    {
        var plain = await SettingsAsync(TestServers.Postgres);
        Assert.Equal((10, 20, 10, 10), (plain.MaxPoolSize, plain.ConnectionIdleLifetime, plain.Timeout, plain.CommandTimeout));

        var given = await SettingsAsync(TestServers.Postgres + ";Maximum Pool Size=3;Connection Idle Lifetime=30;Timeout=5");
        Assert.Equal((3, 30, 5, 10), (given.MaxPoolSize, given.ConnectionIdleLifetime, given.Timeout, given.CommandTimeout));
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

    private static AppDatabase OpenOne(TimeProvider time, bool pooled = false) =>
        AppDatabase.OpenPostgres((pooled ? TestServers.PgBouncer : TestServers.Postgres) + ";Maximum Pool Size=1", NullLoggerFactory.Instance, time: time);

    private static async Task<NpgsqlConnectionStringBuilder> SettingsAsync(string connectionString)
    {
        await using var database = AppDatabase.OpenPostgres(connectionString, NullLoggerFactory.Instance);
        await using var connection = await database.OpenAsync(default);
        return new(connection.ConnectionString);
    }
}
