using Dapper;
using Npgsql;
using StratAI.Host.Database;

namespace StratAI.Host.Features.Scaling;

/// <summary>How many connections the PostgreSQL server takes, and whether a pooler stands between.</summary>
internal sealed record DatabaseServer
{
    public string Version { get; init; } = "";

    public int MaxConnections { get; init; }

    /// <summary>Those of <see cref="MaxConnections"/> that are kept back for others.</summary>
    public int Reserved { get; init; }

    /// <summary>What the database and the role are limited to; -1 is not at all.</summary>
    public int DatabaseLimit { get; init; }

    public int RoleLimit { get; init; }

    public bool IsPooled { get; init; }

    public int Available => new[] { MaxConnections - Reserved, DatabaseLimit, RoleLimit }.Where(limit => limit >= 0).Min();

    /// <summary>Null on SQLite.</summary>
    public static async Task<DatabaseServer?> ReadAsync(AppDatabase database, CancellationToken cancellation)
    {
        if (!database.IsDistributed)
        {
            return null;
        }

        await using var connection = (NpgsqlConnection)await database.OpenAsync(cancellation);
        // reserved_connections is of PostgreSQL 16.
        var server = await connection.QuerySingleAsync<DatabaseServer>(new CommandDefinition(
            """
            SELECT current_setting('server_version') AS version,
                current_setting('max_connections')::integer AS max_connections,
                current_setting('superuser_reserved_connections')::integer + coalesce(current_setting('reserved_connections', true), '0')::integer AS reserved,
                (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit,
                (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_limit
            """,
            cancellationToken: cancellation));
        return server with { IsPooled = await Pooler.IsBetweenAsync(connection, cancellation) };
    }
}
