using System.Data.Common;
using Npgsql;
using StratAI.Pagination.Tests.Engines;

namespace StratAI.Pagination.Tests.Indexes;

public sealed class IndexDatabase : IAsyncLifetime
{
    private ScratchDatabase _database = null!;
    private int _schemas;

    /// <summary>Opens a connection into a schema of its own.</summary>
    public async Task<DbConnection> OpenAsync()
    {
        var connection = await _database.Source.OpenConnectionAsync();
        var schema = $"s{Interlocked.Increment(ref _schemas)}";
        await using var command = new NpgsqlCommand($"CREATE SCHEMA {schema}; SET search_path = {schema}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public async Task InitializeAsync() => _database = await ScratchDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();
}

public sealed class PostgresIndexTests(IndexDatabase database) : IndexContract, IClassFixture<IndexDatabase>
{
    private protected override SqlDialect Dialect => SqlDialect.PostgreSql;

    [Theory]
    [InlineData("rank", "CREATE INDEX i ON tasks (rank NULLS FIRST, id)", false)]
    [InlineData("score", "CREATE INDEX i ON tasks (score DESC NULLS LAST, id DESC)", false)]
    [InlineData("rank,-score", "CREATE INDEX i ON tasks (rank, score DESC NULLS LAST, id DESC)", true)]
    [InlineData("rank,-score", "CREATE INDEX i ON tasks (rank DESC, score NULLS FIRST, id)", true)]
    [InlineData("rank,-score", "CREATE INDEX i ON tasks (rank, score DESC, id DESC)", false)]
    [InlineData("rank,score", "CREATE INDEX i ON tasks (rank, score, id)", true)]
    [InlineData("rank,score", "CREATE INDEX i ON tasks (rank, score)", false)]
    [InlineData("rank", "CREATE INDEX i ON tasks (rank) INCLUDE (id)", false)]
    [InlineData("rank", "CREATE INDEX i ON tasks (rank, id) INCLUDE (title)", true)]
    [InlineData("rank", "CREATE INDEX i ON tasks USING brin (rank, id)", false)]
    [InlineData("title", "CREATE INDEX i ON tasks (title text_pattern_ops, id)", false)]
    [InlineData("binary", "CREATE INDEX i ON tasks (title, id)", false)]
    [InlineData("binary", "CREATE INDEX i ON tasks (title COLLATE \"POSIX\", id)", false)]
    [InlineData("binary", "CREATE INDEX i ON tasks ((title COLLATE \"C\"), id)", true)]
    [InlineData("double", "CREATE INDEX i ON tasks ((rank * 2), id)", true)]
    [InlineData("double", "CREATE INDEX i ON tasks ((2 * rank), id)", false)]
    [InlineData("rank", "CREATE INDEX i ON tasks (rank, id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass", false)]
    [InlineData("rank", "CREATE INDEX i ON tasks (rank, id); UPDATE pg_index SET indisready = false WHERE indexrelid = 'i'::regclass", false)]
    public async Task Only_what_the_planner_can_use_serves(string sort, string statement, bool serves)
    {
        await UniqueAsync();
        await RunAsync(statement);

        Assert.Equal(serves, !(await MissingAsync(sort)).Contains(sort));
    }

    [Fact]
    public async Task What_the_database_does_not_understand_cannot_be_checked()
    {
        await UniqueAsync();

        var finding = (await CheckAsync("broken"))[0];

        Assert.Equal((PageIndexProblem.NotChecked, "broken"), (finding.Problem, finding.Order));
        Assert.Contains("42601", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("42703", Assert.Single(await CheckAsync("rank", predicate: "nothing IS NULL")).Detail, StringComparison.Ordinal);
        var order = PageOrder<string>.Create(order => order.TieBreaker("title", row => row, "title", TextCollation.Named("nowhere")));
        Assert.Contains("nowhere", Assert.Single(await new PageIndexes().Add(order, "tasks").CheckAsync(Connection, Dialect)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_need_quotes_get_them_and_a_composite_primary_key_serves()
    {
        await RunAsync(
            """
            CREATE SCHEMA "App"; CREATE TABLE "App"."Order" (
                "group" int, "user" text COLLATE "C", "Due" date, parent text COLLATE "de-x-icu" NOT NULL, PRIMARY KEY ("group", "user"))
            """);
        var order = PageOrder<(string User, DateOnly? Due, string Parent)>.Create(order => order
            .Key("due", row => row.Due, "o.\"Due\"", nullable: true)
            .Key("parent", row => row.Parent, "o.parent", collation: TextCollation.Named("und-x-icu"))
            .Key("german", row => row.Parent, "o.parent", collation: TextCollation.Named("de-x-icu"))
            .TieBreaker("user", row => row.User, "o.user", TextCollation.Binary));
        var indexes = new PageIndexes().Add(order, "\"App\".\"Order\"", ["\"group\""]);

        var findings = await indexes.CheckAsync(Connection, Dialect);

        Assert.Equal(
            [
                "CREATE INDEX ix_order_group_due_user ON \"App\".\"Order\" (\"group\", \"Due\", \"user\")",
                "CREATE INDEX ix_order_group_parent_user ON \"App\".\"Order\" (\"group\", parent COLLATE \"und-x-icu\", \"user\")",
                "CREATE INDEX ix_order_group_parent_user_2 ON \"App\".\"Order\" (\"group\", parent, \"user\")",
            ],
            findings.Select(finding => finding.Remedy));
        foreach (var finding in findings)
        {
            await RunAsync(finding.Remedy!);
        }

        Assert.Empty(await indexes.CheckAsync(Connection, Dialect));
        await RunAsync("DROP SCHEMA \"App\" CASCADE");
    }

    [Fact]
    public async Task A_name_is_cut_to_what_the_catalog_keeps()
    {
        var column = new string('c', 60);
        await RunAsync($"CREATE TABLE long (id int PRIMARY KEY, {column} int NOT NULL, {column}d int NOT NULL)");
        var order = PageOrder<int>.Create(order => order
            .Key("a", row => row, column).Key("b", row => row, $"{column}d").TieBreaker("id", row => row, "id"));

        var findings = await new PageIndexes().Add(order, "long").CheckAsync(Connection, Dialect);

        Assert.Equal([$"ix_long_{new string('c', 55)}", $"ix_long_{new string('c', 53)}_2"], findings.Select(finding => finding.Remedy!.Split(' ')[2]));
    }

    private protected override Task<DbConnection> OpenAsync() => database.OpenAsync();

    private protected override string InEngine(string sql) =>
        sql.Replace("{binary}", "\"C\"", StringComparison.Ordinal).Replace("{other}", "\"POSIX\"", StringComparison.Ordinal);
}
