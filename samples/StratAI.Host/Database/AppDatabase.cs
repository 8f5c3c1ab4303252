using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using StratAI.Host.Hosting;
using StratAI.Pagination;

namespace StratAI.Host.Database;

/// <summary>The host's database: PostgreSQL when it is configured, else SQLite in the data folder.</summary>
internal sealed class AppDatabase : IAsyncDisposable
{
    /// <summary>More than a busy instance uses again and again: those used least recently make room.</summary>
    private const int PreparedStatements = 50;

    private readonly ConnectionGate? _postgres;
    private readonly string? _sqlite;
    // SQLite has one writer, and its driver waits for it by blocking the thread. Writers of this process queue here instead.
    private readonly SemaphoreSlim _sqliteWriter = new(1);

    static AppDatabase() => TypeHandlers.Register();

    private AppDatabase(Dialect dialect, ConnectionGate? postgres, string? sqlite)
    {
        Dialect = dialect;
        _postgres = postgres;
        _sqlite = sqlite;
    }

    public Dialect Dialect { get; }

    public bool IsDistributed => _postgres is not null;

    /// <summary>The most connections that it opens; 0 on SQLite, where they are to nobody.</summary>
    public int PoolSize => _postgres?.Size ?? 0;

    /// <exception cref="StartupException"><paramref name="statementTimeout"/>, by default 10 s, is out of bounds. One in the connection string wins over it.</exception>
    public static AppDatabase OpenPostgres(string connectionString, ILoggerFactory logs, TimeSpan? statementTimeout = null, TimeProvider? time = null)
    {
        var limit = statementTimeout ?? TimeSpan.FromSeconds(10);
        if (limit < TimeSpan.FromSeconds(1) || limit > TimeSpan.FromMinutes(10))
        {
            throw new StartupException($"Database:StatementTimeout is {limit}: it must be from 1 s to 10 min.");
        }

        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // The pool of the design, unless the connection string says otherwise.
        Default("Maximum Pool Size", () => settings.MaxPoolSize = 10);
        Default("Connection Idle Lifetime", () => settings.ConnectionIdleLifetime = 20);
        Default("Timeout", () => settings.Timeout = 10);
        // Kept by the client, which then asks the server to end the statement: a setting of the session would be refused, or lost, by a pooler.
        Default("Command Timeout", () => settings.CommandTimeout = (int)Math.Ceiling(limit.TotalSeconds));
        // No statement leaves a state in its session; putting it back costs a tenth of a short request, and a pooler may have given the session to others.
        Default("No Reset On Close", () => settings.NoResetOnClose = true);
        Default("Application Name", () => settings.ApplicationName = "stratai-host");
        return new(Dialect.Postgres, new(ConnectAsync, settings.MaxPoolSize, time ?? TimeProvider.System), null);

        async Task<NpgsqlDataSource> ConnectAsync(CancellationToken cancellation)
        {
            if (!settings.ShouldSerialize("Max Auto Prepare"))
            {
                // Statements prepared by name are the session's, which a pooler hands on to others.
                settings.MaxAutoPrepare = await IsPooledAsync(settings.ConnectionString, cancellation) ? 0 : PreparedStatements;
            }

            return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "host" }.UseLoggerFactory(logs).Build();
        }

        void Default(string keyword, Action apply)
        {
            if (!settings.ShouldSerialize(keyword))
            {
                apply();
            }
        }
    }

    public static AppDatabase OpenSqlite(string path) => new(Dialect.Sqlite, null, new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = true,
    }.ConnectionString);

    public async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        if (_postgres is not null)
        {
            return await _postgres.OpenAsync(cancellation);
        }

        var connection = new SqliteConnection(_sqlite);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation))).AsList();
    }

    public async Task<T?> FindAsync<T>(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    /// <summary>A page and, when it was asked for, its count, in one round trip.</summary>
    public async Task<Page<T>> PageAsync<T>(PagePlan<T> plan, string select, string from, string where, object filters, CancellationToken cancellation)
    {
        var page = plan.Compose(select, from, where);
        var parameters = new DynamicParameters(filters);
        foreach (var (name, value) in page.Parameters)
        {
            parameters.Add(name, value);
        }

        await using var connection = await OpenAsync(cancellation);
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(page.Text, parameters, cancellationToken: cancellation));
        return await plan.ReadAsync(reader, reader.GetRowParser<T>(length: reader.FieldCount - page.HiddenColumns), cancellation);
    }

    /// <summary>Runs one statement that changes rows.</summary>
    public Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        QueueAsync(connection => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation)), cancellation);

    /// <summary>Runs <paramref name="work"/> in a transaction; it is committed unless the work throws or abandons it.</summary>
    public Task<T> WriteAsync<T>(Func<UnitOfWork, Task<T>> work, CancellationToken cancellation) =>
        QueueAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                var unit = new UnitOfWork(transaction, Dialect, cancellation);
                var result = await work(unit);
                if (!unit.IsAbandoned)
                {
                    await transaction.CommitAsync(cancellation);
                }

                return result;
            },
            cancellation);

    /// <summary>Takes its turn among the writers, for what writes through connections of its own; there are no turns on PostgreSQL.</summary>
    public async ValueTask<IDisposable> TakeWriteTurnAsync(CancellationToken cancellation)
    {
        if (IsDistributed)
        {
            return new Turn(null);
        }

        await _sqliteWriter.WaitAsync(cancellation);
        return new Turn(_sqliteWriter);
    }

    private static async Task<bool> IsPooledAsync(string connectionString, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var connection = await source.OpenConnectionAsync(cancellation);
        return await Pooler.IsBetweenAsync(connection, cancellation);
    }

    private sealed class Turn(SemaphoreSlim? writer) : IDisposable
    {
        public void Dispose() => writer?.Release();
    }

    private async Task<T> QueueAsync<T>(Func<DbConnection, Task<T>> write, CancellationToken cancellation)
    {
        if (IsDistributed)
        {
            await using var connection = await OpenAsync(cancellation);
            return await write(connection);
        }

        await _sqliteWriter.WaitAsync(cancellation);
        try
        {
            await using var connection = await OpenAsync(cancellation);
            return await write(connection);
        }
        finally
        {
            _sqliteWriter.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sqliteWriter.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
        else
        {
            // A pooled connection would keep the file open, and its folder from being used again.
            SqliteConnection.ClearPool(new SqliteConnection(_sqlite));
        }
    }
}
