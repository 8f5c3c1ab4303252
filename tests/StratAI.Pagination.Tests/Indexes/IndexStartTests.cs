using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StratAI.Pagination.Internal.Indexes;

namespace StratAI.Pagination.Tests.Indexes;

public sealed class IndexStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task In_development_each_finding_is_one_warning()
    {
        var log = new RecordingLogger();
        SqliteConnection? opened = null;
        using var host = Host("Development", log, async (_, token) =>
        {
            opened = await OpenAsync($"{IndexedRow.Table}; CREATE UNIQUE INDEX u ON tasks (id)", token);
            return opened;
        });
        await host.StartAsync();

        await log.ReceivedAsync(3);
        await host.StopAsync();

        Assert.All(log.Entries, entry => Assert.Equal((LogLevel.Warning, "PageIndexFinding"), (entry.Level, entry.Event)));
        Assert.Equal(
            "Table tasks, order 'rank': No index has the rows in this order. CREATE INDEX ix_tasks_rank_id ON tasks (rank, id);", log.Entries[2].Message);
        Assert.Equal(System.Data.ConnectionState.Closed, opened?.State);
    }

    [Fact]
    public async Task Where_every_order_is_served_there_is_one_line_to_debug()
    {
        var log = new RecordingLogger();
        const string Indexes =
            "CREATE INDEX i ON tasks (rank, id); CREATE INDEX j ON tasks (score, rank DESC, id DESC); CREATE INDEX k ON tasks (score, id)";
        using var host = Host("Development", log, async (_, token) =>
            await OpenAsync($"{IndexedRow.Table}; CREATE UNIQUE INDEX u ON tasks (id); {Indexes}", token));
        await host.StartAsync();

        await log.ReceivedAsync(1);
        await host.StopAsync();

        Assert.Equal([(LogLevel.Debug, "PageIndexesFound")], log.Entries.Select(entry => (entry.Level, entry.Event)));
    }

    [Fact]
    public async Task Elsewhere_no_connection_is_opened()
    {
        var log = new RecordingLogger();
        var opened = 0;
        using var host = Host("Production", log, (_, _) =>
        {
            Interlocked.Increment(ref opened);
            throw new InvalidOperationException();
        });

        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(0, opened);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task A_database_that_is_down_is_one_warning()
    {
        var log = new RecordingLogger();
        using var host = Host("Development", log, (_, _) => throw new TimeoutException("It is down."));

        await host.StartAsync();
        await log.ReceivedAsync(1);
        await host.StopAsync();

        Assert.Equal((LogLevel.Warning, "PageIndexCheckFailed"), (Assert.Single(log.Entries).Level, log.Entries[0].Event));
        Assert.IsType<TimeoutException>(log.Entries[0].Exception);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_delays_neither_start_nor_stop()
    {
        var log = new RecordingLogger();
        var asked = new TaskCompletionSource();
        using var host = Host("Development", log, async (_, token) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        });

        await host.StartAsync().WaitAsync(Limit);
        await asked.Task.WaitAsync(Limit);
        var service = host.Services.GetServices<IHostedService>().OfType<IndexCheckService>().Single();
        await host.StopAsync().WaitAsync(Limit);
        host.Dispose();
        await service.StopAsync(default);

        Assert.Empty(log.Entries);
    }

    private static IHost Host(string environment, RecordingLogger log, Func<IServiceProvider, CancellationToken, Task<DbConnection>> open) =>
        new HostBuilder()
            .UseEnvironment(environment)
            .ConfigureLogging(logging => logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log))
            .ConfigureServices(services => services
                .AddStratAIPagination(options => options.SigningKey = TestPagers.Key)
                .CheckIndexesAtStart(SqlDialect.Sqlite, open, tables => tables.Add(IndexedRow.Order("score,-rank"), "tasks")))
            .Build();

    private static async Task<SqliteConnection> OpenAsync(string script, CancellationToken cancellation)
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(cancellation);
        await using var command = new SqliteCommand(script, connection);
        await command.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    /// <summary>Keeps what the package logs.</summary>
    private sealed class RecordingLogger : ILoggerProvider, ILogger
    {
        private readonly List<TaskCompletionSource> _received = [.. Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource())];

        public List<(LogLevel Level, string? Event, string Message, Exception? Exception)> Entries { get; } = [];

        public Task ReceivedAsync(int count) => _received[count - 1].Task.WaitAsync(Limit);

        public ILogger CreateLogger(string categoryName) => categoryName == typeof(PageIndexes).FullName ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Entries.Add((logLevel, eventId.Name, formatter(state, exception), exception));
            _received[Entries.Count - 1].SetResult();
        }

        public void Dispose()
        {
        }
    }
}
