using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using StratAI.Host.Hosting;

namespace StratAI.Host.Database;

/// <summary>
/// Applies the embedded SQL files in order, each once, in one transaction that holds a lock: of several instances that start together, one
/// migrates and the others wait for it. An applied file never changes; one that did stops the start.
/// </summary>
internal sealed partial class Migrator(AppDatabase database, TimeProvider time, ILogger<Migrator> logger)
{
    // Any fixed number: the advisory lock that all instances of this application agree on.
    private const long LockKey = 0x5374726174414931;

    /// <exception cref="StartupException">The database does not answer, or its schema is not one this version can go on from.</exception>
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        try
        {
            await ApplyLockedAsync(cancellation);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            throw new StartupException($"The database could not be brought up to date: {exception.Message}");
        }
    }

    private async Task ApplyLockedAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        if (!database.IsDistributed)
        {
            await connection.ExecuteAsync("PRAGMA journal_mode = WAL");
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (database.IsDistributed)
        {
            // Held to the end of the transaction, which also works through a pooler in transaction mode. Waiting for another instance's migration
            // may take long, so this one statement has no time limit.
            await connection.ExecuteAsync(new CommandDefinition(
                "SELECT pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction, commandTimeout: 0, cancellationToken: cancellation));
        }

        await RunAsync(transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task RunAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at text NOT NULL)",
            transaction: transaction);
        var applied = (await connection.QueryAsync<(int Version, string Checksum)>("SELECT version, checksum FROM schema_migrations", transaction: transaction))
            .ToDictionary(row => row.Version, row => row.Checksum);
        var migrations = Read(database.Dialect).ToList();

        if (applied.Keys.Except(migrations.Select(migration => migration.Version)).Order().FirstOrDefault() is var unknown and not 0)
        {
            throw new StartupException($"The database is at migration {unknown}, which this version of the host does not have. Start a newer version.");
        }

        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Version, out var checksum))
            {
                if (checksum != migration.Checksum)
                {
                    throw new StartupException($"Migration {migration.Name} is not the text that was applied to this database. Add a new migration instead of changing it.");
                }

                continue;
            }

            await connection.ExecuteAsync(new CommandDefinition(migration.Sql, transaction: transaction, commandTimeout: 0, cancellationToken: cancellation));
            await connection.ExecuteAsync(
                "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @At)",
                new { migration.Version, migration.Name, migration.Checksum, At = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) },
                transaction);
            LogApplied(migration.Name);
        }
    }

    private static IEnumerable<Migration> Read(Dialect dialect)
    {
        var assembly = typeof(Migrator).Assembly;
        var prefix = $"{typeof(Migrator).Namespace}.Migrations.{dialect.Name}.";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            var name = Path.GetFileNameWithoutExtension(resource[prefix.Length..]);
            yield return new(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Applied migration {Name}.")]
    private partial void LogApplied(string name);

    private sealed record Migration(int Version, string Name, string Sql, string Checksum);
}
