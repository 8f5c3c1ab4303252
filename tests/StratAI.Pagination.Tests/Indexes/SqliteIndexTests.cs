using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace StratAI.Pagination.Tests.Indexes;

public sealed class SqliteIndexTests : IndexContract
{
    private protected override SqlDialect Dialect => SqlDialect.Sqlite;

    [Theory]
    [InlineData("binary", "title, id", true)]
    [InlineData("title", "title COLLATE binary, id", true)]
    [InlineData("title,-score", "title, score DESC, id DESC", true)]
    [InlineData("title,-score", "title, score, id", false)]
    [InlineData("title,score", "title, score", true)]
    [InlineData("title,score", "title", false)]
    [InlineData("title,score", "title, score DESC", false)]
    public async Task Nulls_and_bytes_are_where_the_engine_has_them(string sort, string keys, bool serves)
    {
        await UniqueAsync();
        await IndexAsync(keys);

        Assert.Equal(serves, !(await MissingAsync(sort)).Contains(sort));
    }

    [Theory]
    [InlineData("id INTEGER PRIMARY KEY, rank int NOT NULL, title text NOT NULL", "", "rank", true)]
    [InlineData("id INTEGER PRIMARY KEY, rank int NOT NULL, title text NOT NULL", "", "rank DESC", false)]
    [InlineData("id INT PRIMARY KEY, rank int NOT NULL, title text NOT NULL", "", "rank", false)]
    [InlineData("id INTEGER PRIMARY KEY DESC, rank int NOT NULL, title text NOT NULL", "", "rank", false)]
    [InlineData("title text, id int, rank int NOT NULL, PRIMARY KEY (title, id)", "WITHOUT ROWID", "rank", false)]
    [InlineData("title text, id int, rank int NOT NULL, PRIMARY KEY (id, title), UNIQUE (id)", "WITHOUT ROWID", "rank", true)]
    [InlineData("id int PRIMARY KEY, rank int NOT NULL, title text NOT NULL", "WITHOUT ROWID", "rank", true)]
    [InlineData("id int PRIMARY KEY, rank int NOT NULL, title text NOT NULL", "WITHOUT ROWID", "title", false)]
    public async Task The_number_or_key_of_a_row_ends_each_index(string columns, string options, string keys, bool serves)
    {
        await RunAsync($"DROP TABLE tasks; CREATE TABLE tasks ({columns}) {options}");
        await IndexAsync(keys);

        Assert.Equal(serves, (await CheckAsync("rank")).Count == 0);
        Assert.Empty(await MissingAsync("id"));
    }

    [Fact]
    public async Task A_column_has_the_collation_of_its_definition()
    {
        await RunAsync("DROP TABLE tasks; CREATE TABLE tasks (id integer PRIMARY KEY CHECK (id <> 'x' COLLATE RTRIM), \"title\" text COLLATE nocase NOT NULL)");
        await IndexAsync("title COLLATE NOCASE, id");

        Assert.Empty(await CheckAsync("title"));
        Assert.Equal(["binary"], await MissingAsync("binary"));
        Assert.EndsWith("(\"title\" COLLATE \"BINARY\", id)", Assert.Single(await CheckAsync("binary")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tie_breaker_that_is_unique_by_its_bytes_has_ties_in_a_looser_collation()
    {
        await RunAsync("DROP TABLE tasks; CREATE TABLE tasks (key text NOT NULL PRIMARY KEY)");
        var order = PageOrder<string>.Create(order => order.TieBreaker("key", row => row, "key", TextCollation.Named("NOCASE")));

        var findings = await new PageIndexes().Add(order, "main.tasks").CheckAsync(Connection, Dialect);

        var finding = Assert.Single(findings);
        Assert.Equal("CREATE UNIQUE INDEX main.ix_tasks_key ON tasks (key COLLATE \"NOCASE\")", finding.Remedy);
        await RunAsync(finding.Remedy!);
        Assert.Empty(await new PageIndexes().Add(order, "main.tasks").CheckAsync(Connection, Dialect));
    }

    private protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        return connection;
    }

    private protected override string InEngine(string sql) =>
        sql.Replace("{binary}", "BINARY", StringComparison.Ordinal).Replace("{other}", "NOCASE", StringComparison.Ordinal);
}
