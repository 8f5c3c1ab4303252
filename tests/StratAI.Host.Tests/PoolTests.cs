using Microsoft.Extensions.Logging.Abstractions;
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

    private static async Task<NpgsqlConnectionStringBuilder> SettingsAsync(string connectionString)
    {
        await using var database = AppDatabase.OpenPostgres(connectionString, NullLoggerFactory.Instance);
        await using var connection = await database.OpenAsync(default);
        return new(connection.ConnectionString);
    }
}
