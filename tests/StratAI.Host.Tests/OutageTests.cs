using System.Net.Sockets;
using Npgsql;
using StackExchange.Redis;
using StratAI.Host.Database;
using StratAI.Host.Errors;
using StratAI.Storage;

namespace StratAI.Host.Tests;

/// <summary>What a request is told when a server it needs is not there.</summary>
public sealed class OutageTests
{
    public static TheoryData<string, Exception> Outages => new()
    {
        { "refused", new NpgsqlException("x", new SocketException((int)SocketError.ConnectionRefused)) },
        { "slow", new NpgsqlException("x", new TimeoutException()) },
        { "a statement the server has ended", new PostgresException("x", "ERROR", "ERROR", PostgresErrorCodes.QueryCanceled) },
        { "shutting down", new PostgresException("x", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown) },
        { "too many connections", new PostgresException("x", "FATAL", "FATAL", PostgresErrorCodes.TooManyConnections) },
        { "pooler without a server", new PostgresException("x", "FATAL", "FATAL", PostgresErrorCodes.ProtocolViolation) },
        { "redis", new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "x") },
        { "objects", new ObjectStoreException(ObjectStoreFailure.Unavailable, "x") },
    };

    [Theory]
    [MemberData(nameof(Outages))]
    public void A_lost_server_is_503_with_a_time_to_come_back(string kind, Exception exception)
    {
        var problem = ExceptionToProblem.ForOutage(exception);
        Assert.True(problem is { Status: 503, Code: "unavailable", RetryAfter: not null }, kind);
    }

    [Fact]
    public void A_pool_without_a_free_connection_is_503_and_says_so()
    {
        var problem = ExceptionToProblem.ForOutage(new DatabaseBusyException("x"));
        Assert.True(problem is { Status: 503, Code: "database-busy", RetryAfter: not null });
    }

    [Theory]
    [InlineData(PostgresErrorCodes.UndefinedTable)]
    [InlineData(PostgresErrorCodes.SyntaxError)]
    [InlineData(PostgresErrorCodes.UniqueViolation)]
    public void A_mistake_of_the_hosts_own_is_no_outage(string state) =>
        Assert.Null(ExceptionToProblem.ForOutage(new PostgresException("x", "ERROR", "ERROR", state)));
}
