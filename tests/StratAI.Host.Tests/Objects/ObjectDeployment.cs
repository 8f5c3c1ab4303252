using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using StratAI.Testing;

namespace StratAI.Host.Tests.Objects;

/// <summary>
/// A deployment with a database, a bucket and a temporary folder to itself, so that all there is in them can be accounted for, and a ledger whose clock
/// the test moves.
/// </summary>
public sealed class ObjectDeployment : IAsyncDisposable
{
    private readonly string _temporary = Directory.CreateTempSubdirectory("stratai-uploads-").FullName;
    private readonly string? _database;
    private readonly Action<IWebHostBuilder>? _configure;
    private HostInstance? _host;

    private ObjectDeployment(HostFixture fixture, Action<IWebHostBuilder>? configure, (string Name, string Value)[] settings)
    {
        _configure = configure;
        Settings = fixture.SettingsApart(settings);
        Settings.TryAdd("Storage:Uploads:TemporaryFolder", _temporary);
        if (fixture.IsDistributed)
        {
            _database = $"objects_{Guid.NewGuid():N}";
            Settings["ConnectionStrings:Postgres"] = new NpgsqlConnectionStringBuilder(Settings["ConnectionStrings:Postgres"]) { Database = _database }.ConnectionString;
            Settings["Storage:S3:Bucket"] = _database.Replace('_', '-');
        }
    }

    public Dictionary<string, string> Settings { get; }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>The instance in this process; started when it is first asked for.</summary>
    public HostInstance Host => _host ??= new HostInstance(Settings, _configure);

    internal AppDatabase Database => Get<AppDatabase>();

    internal IObjectStore Store => Get<IObjectStore>();

    public static async Task<ObjectDeployment> CreateAsync(HostFixture fixture, Action<IWebHostBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var deployment = new ObjectDeployment(fixture, configure, settings);
        if (deployment._database is { } name)
        {
            await AdministerAsync($"CREATE DATABASE {name}");
        }

        return deployment;
    }

    public T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>A ledger of the deployment by the test's clock, on its store or on another one.</summary>
    internal ObjectLedger Ledger(IObjectStore? store = null) =>
        new(Database, store ?? Store, Get<ObjectMetrics>(), Clock, NullLogger<ObjectLedger>.Instance);

    internal DocumentStore Documents(IObjectStore store, bool deduplicate) =>
        new(Database, store, Ledger(store), Options.Create(new DocumentOptions { Deduplicate = deduplicate }), Clock);

    /// <summary>Sweeps as time goes by, until nothing can be due any more.</summary>
    public async Task SweepOutAsync()
    {
        Clock.Advance(TimeSpan.FromHours(2));
        await Ledger().SweepAsync(default);
        Clock.Advance(TimeSpan.FromMinutes(20));
        await Ledger().SweepAsync(default);
    }

    /// <summary>After the sweeper: bucket, ledger and documents agree, the bytes of each document are there, and the temporary folder is empty.</summary>
    public async Task AssertAllIsOwnedAsync(int? documents = null)
    {
        await SweepOutAsync();
        var owned = await Database.QueryAsync<(string Key, long Documents)>(
            "SELECT object_key, count(*) FROM documents GROUP BY object_key ORDER BY object_key", new { }, default);
        var recorded = await Database.QueryAsync<(string Key, long Documents)>(
            "SELECT object_key, CASE state WHEN 'stored' THEN refs ELSE -1 END FROM stored_objects ORDER BY object_key", new { }, default);
        Assert.Equal(owned.OrderBy(row => row.Key, StringComparer.Ordinal), recorded.OrderBy(row => row.Key, StringComparer.Ordinal));
        Assert.Equal(owned.Select(row => row.Key).Order(StringComparer.Ordinal), await KeysAsync());
        if (documents is not null)
        {
            Assert.Equal((long)documents, owned.Sum(row => row.Documents));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary));
    }

    public async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var item in Store.ListAsync(""))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    /// <summary>Ends the instance in this process, as one that is started elsewhere takes over.</summary>
    public async Task StopAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_temporary, recursive: true);
        if (_database is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await AdministerAsync($"DROP DATABASE {_database} WITH (FORCE)");
        }
    }

    private static async Task AdministerAsync(string sql)
    {
        await using var admin = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
