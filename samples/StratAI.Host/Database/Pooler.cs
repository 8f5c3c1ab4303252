using Dapper;
using Npgsql;

namespace StratAI.Host.Database;

internal static class Pooler
{
    /// <summary>Whether a pooler stands between: the server's own process ids do not reach clients through one, which makes up others.</summary>
    public static async Task<bool> IsBetweenAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.QuerySingleAsync<int>(new CommandDefinition("SELECT pg_backend_pid()", cancellationToken: cancellation)) != connection.ProcessID;
}
