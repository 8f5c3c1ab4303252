using System.Diagnostics;
using Npgsql;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using StratAI.Testing.Redis;
using Eventually = StratAI.Host.Tests.Infrastructure.Eventually;

namespace StratAI.Host.Tests.Scaling;

/// <summary>Statements that do not come to their end, straight and through PgBouncer.</summary>
public abstract class StatementTests(DistributedHost host)
{
    [Fact]
    public async Task A_statement_that_takes_too_long_is_ended_on_the_server_too_and_its_connection_goes_on()
    {
        var settings = host.SettingsApart(("Database:StatementTimeout", "00:00:01"));
        settings["ConnectionStrings:Postgres"] += ";Maximum Pool Size=2";
        await using var instance = new HostInstance(settings);
        var user = await instance.SignInAsync("ada");
        await using var direct = NpgsqlDataSource.Create(Straight(settings));
        await using (var connection = await direct.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await ExecuteAsync(connection, "LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE");
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 3; i++)
            {
                var answer = await user.GetAsync("/api/tasks");
                Assert.Equal((503, "unavailable", "5"), (answer.Status, answer.Code, answer.Headers["Retry-After"]));
            }

            // By the setting that is 3 s, by its default 30 s.
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(25));

            await Eventually.TrueAsync(async () =>
                await ExecuteAsync(connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is 0L);
        }

        Assert.Equal(200, (await user.GetAsync("/api/tasks")).Status);
    }

    [Fact]
    public async Task A_database_whose_connections_break_is_back_with_them()
    {
        var settings = host.SettingsApart();
        var database = new NpgsqlConnectionStringBuilder(settings["ConnectionStrings:Postgres"]);
        await using var proxy = new TcpProxy($"{database.Host}:{database.Port}");
        (database.Host, database.Port) = ("127.0.0.1", int.Parse(proxy.Endpoint.Split(':')[1], null));
        settings["ConnectionStrings:Postgres"] = database.ConnectionString;
        await using var instance = new HostInstance(settings);
        var user = await instance.SignInAsync("ada");
        Assert.Equal(200, (await user.GetAsync("/api/tasks")).Status);

        proxy.Cut();
        var answer = await user.GetAsync("/api/tasks");
        Assert.Equal((503, "unavailable", "5"), (answer.Status, answer.Code, answer.Headers["Retry-After"]));
        Assert.Equal(503, (await user.GetAsync("/health/ready")).Status);

        proxy.Restore();
        await Eventually.TrueAsync(async () => (await user.GetAsync("/api/tasks")).Status == 200);
        Assert.Equal(200, (await user.GetAsync("/health/ready")).Status);
    }

    private static string Straight(Dictionary<string, string> settings) => new NpgsqlConnectionStringBuilder(TestServers.Postgres)
    {
        Database = new NpgsqlConnectionStringBuilder(settings["ConnectionStrings:Postgres"]).Database,
    }.ConnectionString;

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : StatementTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : StatementTests(host);
}
