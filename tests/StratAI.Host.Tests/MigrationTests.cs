using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Host.Hosting;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public sealed class MigrationTests : IAsyncLifetime
{
    private readonly string _name = $"migrate_{Guid.NewGuid():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-migrate-").FullName;

    public Task InitializeAsync() => AdministerAsync($"CREATE DATABASE {_name}");

    public async Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Instances_that_start_at_once_migrate_once_straight_and_through_a_pooler(bool pooled)
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var database = OpenPostgres(pooled ? TestServers.PgBouncer : TestServers.Postgres);
            await Migrate(database);
        }));

        await using var after = OpenPostgres();
        var versions = await after.QueryAsync<int>("SELECT version FROM schema_migrations ORDER BY version", new { }, default);
        Assert.Equal(Enumerable.Range(1, Migrations().Count()), versions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_migration_that_was_changed_after_it_was_applied_stops_the_start(bool distributed)
    {
        await using var database = distributed ? OpenPostgres() : OpenSqlite();
        await Migrate(database);
        await database.ExecuteAsync("UPDATE schema_migrations SET checksum = 'another' WHERE version = 2", new { }, default);
        Assert.Contains("0002_tasks", (await Assert.ThrowsAsync<StartupException>(() => Migrate(database))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_newer_than_the_host_stops_the_start(bool distributed)
    {
        await using var database = distributed ? OpenPostgres() : OpenSqlite();
        await Migrate(database);
        await database.ExecuteAsync("INSERT INTO schema_migrations VALUES (999, 'future', '', '')", new { }, default);
        Assert.Contains("999", (await Assert.ThrowsAsync<StartupException>(() => Migrate(database))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        await using var database = OpenPostgres();
        await database.ExecuteAsync("CREATE TABLE documents (id integer)", new { }, default);
        await Assert.ThrowsAsync<StartupException>(() => Migrate(database));
        Assert.Null(await database.FindAsync<string>("SELECT table_name FROM information_schema.tables WHERE table_name = 'preferences'", new { }, default));
    }

    [Fact]
    public async Task A_page_that_jsonb_does_not_take_stops_no_start_and_other_pages_are_found()
    {
        await using var database = OpenPostgres();
        foreach (var (_, sql) in Migrations().Where(migration => migration.Version <= 10))
        {
            await database.ExecuteAsync(sql, new { }, default);
        }

        foreach (var (title, number) in new[] { ("taken", "1"), ("not taken", "1e200000") })
        {
            var content = $$"""{"type":"doc","attrs":{"x":{{number}}},"content":[{"type":"text","text":"tomatoes"}]}""";
            await database.ExecuteAsync(
                """
                WITH page AS (
                    INSERT INTO pages (id, user_id, title, version, created_at, updated_at) VALUES (gen_random_uuid(), 'ada', @title, 1, now(), now()) RETURNING id)
                INSERT INTO page_versions SELECT id, 1, @title, @content, 'ada', now() FROM page
                """,
                new { title, content },
                default);
        }

        await database.ExecuteAsync(Migrations().Single(migration => migration.Version == 11).Sql, new { }, default);

        Assert.Equal(["", "tomatoes"], await database.QueryAsync<string>("SELECT text FROM pages ORDER BY title", new { }, default));
    }

    [Fact]
    public async Task Both_engines_have_the_same_tables_and_columns()
    {
        await using var postgres = OpenPostgres();
        await using var sqlite = OpenSqlite();
        await Migrate(postgres);
        await Migrate(sqlite);

        var expected = await postgres.QueryAsync<string>(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name <> 'search'", new { }, default);
        var actual = await sqlite.QueryAsync<string>(
            "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '%\\_search%' ESCAPE '\\' AND c.name <> 'seq'",
            new { },
            default);
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    private AppDatabase OpenPostgres(string? server = null) =>
        AppDatabase.OpenPostgres(new NpgsqlConnectionStringBuilder(server ?? TestServers.Postgres) { Database = _name }.ConnectionString, NullLoggerFactory.Instance);

    private AppDatabase OpenSqlite() => AppDatabase.OpenSqlite(Path.Combine(_folder, "test.db"));

    private static IEnumerable<(int Version, string Sql)> Migrations()
    {
        var assembly = typeof(Migrator).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.Contains(".Migrations.Postgres.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (int.Parse(name.Split('.')[^2].AsSpan(0, 4), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }

    private static Task Migrate(AppDatabase database) => new Migrator(database, TimeProvider.System, NullLogger<Migrator>.Instance).ApplyAsync(default);

    private static async Task AdministerAsync(string sql)
    {
        await using var admin = NpgsqlDataSource.Create(TestServers.Postgres);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
