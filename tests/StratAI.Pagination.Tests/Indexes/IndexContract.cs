using System.Data.Common;

namespace StratAI.Pagination.Tests.Indexes;

/// <summary>What the check says of the same tables on every engine.</summary>
public abstract class IndexContract : IAsyncLifetime
{
    private protected abstract SqlDialect Dialect { get; }

    private protected DbConnection Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Connection = await OpenAsync();
        await RunAsync(IndexedRow.Table);
    }

    public async Task DisposeAsync() => await Connection.DisposeAsync();

    [Theory]
    [InlineData("rank", "rank, id", true)]
    [InlineData("-rank", "rank, id", true)]
    [InlineData("rank", "rank DESC, id DESC", true)]
    [InlineData("rank", "rank DESC, id", false)]
    [InlineData("rank", "rank, id, title", true)]
    [InlineData("rank", "rank, title, id", false)]
    [InlineData("rank", "rank", false)]
    [InlineData("rank", "id, rank", false)]
    [InlineData("score", "score, id", true)]
    [InlineData("-score", "score, id", true)]
    [InlineData("-score", "score DESC, id DESC", true)]
    [InlineData("rank,-title", "rank, title DESC, id DESC", true)]
    [InlineData("rank,-title", "rank DESC, title, id", true)]
    [InlineData("rank,-title", "rank, title, id", false)]
    [InlineData("title", "title, id", true)]
    [InlineData("folded", "lower(title), id", true)]
    [InlineData("-folded", "LOWER( title ) , id", true)]
    [InlineData("folded", "(lower(title)) DESC, id DESC", true)]
    [InlineData("folded", "upper(title), id", false)]
    [InlineData("folded", "title, id", false)]
    [InlineData("filled", "coalesce(note, 'x') COLLATE {binary}, id", true)]
    [InlineData("filled", "(coalesce(note, 'x') COLLATE {binary}), id", true)]
    [InlineData("filled", "coalesce(note, 'X') COLLATE {binary}, id", false)]
    [InlineData("binary", "title COLLATE {binary}, id", true)]
    [InlineData("binary", "title COLLATE {other}, id", false)]
    [InlineData("title", "title COLLATE {other}, id", false)]
    [InlineData("id", "id", true)]
    [InlineData("-id", "id", true)]
    public async Task An_index_serves_the_order_that_it_has(string sort, string keys, bool serves)
    {
        await UniqueAsync();
        await IndexAsync(keys);

        Assert.Equal(serves, !(await MissingAsync(sort)).Contains(sort));
    }

    [Theory]
    [InlineData("title", "owner, rank, title, id", true)]
    [InlineData("title", "rank, owner DESC, title, id", true)]
    [InlineData("title", "owner, title, rank, id", false)]
    [InlineData("title", "title, id", false)]
    [InlineData("-rank", "rank, owner, id", true)]
    [InlineData("title", "rank, owner, rank, title, id", false)]
    public async Task What_is_compared_by_equality_comes_first_in_any_order(string sort, string keys, bool serves)
    {
        await UniqueAsync();
        await IndexAsync(keys);

        Assert.Equal(serves, !(await MissingAsync(sort, ["owner", "t.rank"])).Contains(sort));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "deleted IS NULL", false)]
    [InlineData("t.deleted  is null", "deleted IS NULL", true)]
    [InlineData("(deleted IS NULL)", "deleted IS NULL", true)]
    [InlineData("deleted IS NULL", "deleted IS NOT NULL", false)]
    [InlineData("deleted IS NULL", null, true)]
    public async Task A_partial_index_serves_the_list_of_its_condition(string? predicate, string? indexed, bool serves)
    {
        await UniqueAsync();
        await IndexAsync("rank, id", indexed);

        Assert.Equal(serves, (await MissingAsync("rank", predicate: predicate)).Length == 0);
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (id)", true)]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (owner, id)", true)]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (id, rank)", false)]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (id) WHERE deleted IS NULL", true)]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (id) WHERE rank > 1", false)]
    [InlineData("CREATE INDEX u ON tasks (id)", false)]
    [InlineData("CREATE UNIQUE INDEX u ON tasks (lower(title), id)", false)]
    public async Task The_tie_breaker_is_unique_among_the_rows_of_a_list(string statement, bool isUnique)
    {
        await RunAsync(statement);

        var findings = await CheckAsync("rank", ["owner"], "deleted IS NULL");

        Assert.Equal(isUnique, !findings.Any(finding => finding is { Problem: PageIndexProblem.NotUnique, Order: "id" }));
    }

    [Theory]
    [InlineData("rank")]
    [InlineData("-score,title")]
    [InlineData("score,-rank")]
    [InlineData("-rank,-score")]
    [InlineData("rank,score")]
    [InlineData("-rank,score,-title")]
    [InlineData("rank,-note,score")]
    [InlineData("-binary,note")]
    [InlineData("folded,-filled,double")]
    [InlineData("title,rank,score,note,binary,folded,filled,double")]
    [InlineData("-id")]
    public async Task Remedies_run_and_leave_nothing_to_find(string sort)
    {
        var id = 0;
        foreach (var equal in new string[][] { [], ["owner"], ["owner", "rank"] })
        {
            foreach (var predicate in new[] { null, "t.deleted IS NULL AND t.title <> 'x'" })
            {
                await RunAsync($"DROP TABLE tasks; {IndexedRow.Table}; INSERT INTO tasks (id, owner, rank, title) VALUES ({++id}, 1, 1, 'x')");
                var findings = await CheckAsync(sort, equal, predicate);
                Assert.Equal(PageIndexProblem.NotUnique, findings[0].Problem);

                foreach (var finding in findings)
                {
                    await RunAsync(finding.Remedy!);
                }

                Assert.Empty(await CheckAsync(sort, equal, predicate));
            }
        }
    }

    [Fact]
    public async Task An_index_is_named_after_its_keys_and_asked_for_once()
    {
        await UniqueAsync();
        await RunAsync("CREATE INDEX ix_tasks_owner_rank_id ON tasks (title)");

        var findings = await CheckAsync("-rank,folded,title", ["owner"]);

        Assert.Equal(
            ["-rank,folded,title", "rank", "folded", "title"],
            findings.Select(finding => finding.Order));
        Assert.Equal(
            "CREATE INDEX ix_tasks_owner_rank_id_2 ON tasks (owner, rank, id)", findings[1].Remedy);
        Assert.Equal("CREATE INDEX ix_tasks_owner_lower_title_id ON tasks (owner, (lower(title)), id)", findings[2].Remedy);
        Assert.All(findings, finding => Assert.Equal("tasks", finding.Table));
        Assert.Equal(["rank,title", "rank", "title"], await MissingAsync("rank,title"));
        Assert.Equal(["-rank"], await MissingAsync("-rank"));
    }

    [Theory]
    [InlineData("missing", PageIndexProblem.NotFound, "nothing")]
    [InlineData("other", PageIndexProblem.NotChecked, "several tables")]
    [InlineData("queried", PageIndexProblem.NotChecked, "without SQL")]
    public async Task What_cannot_be_checked_is_said_and_no_index_proposed(string key, PageIndexProblem problem, string detail)
    {
        await UniqueAsync();

        var findings = await CheckAsync($"{key},rank");

        Assert.Equal([(key, problem), ("rank", PageIndexProblem.MissingIndex)], findings.Select(finding => (finding.Order, finding.Problem)));
        Assert.Contains(detail, findings[0].Detail, StringComparison.Ordinal);
        Assert.Null(findings[0].Remedy);
    }

    [Fact]
    public async Task A_missing_table_or_column_is_a_finding()
    {
        await RunAsync("CREATE VIEW seen AS SELECT * FROM tasks");
        var indexes = new PageIndexes()
            .Add(IndexedRow.Order("rank"), "nowhere").Add(IndexedRow.Order("rank"), "tasks", ["nobody"]).Add(IndexedRow.Order("rank"), "seen");

        Assert.Equal(
            [("nowhere", PageIndexProblem.NotFound), ("tasks", PageIndexProblem.NotFound), ("seen", PageIndexProblem.NotChecked)],
            (await indexes.CheckAsync(Connection, Dialect)).Select(finding => (finding.Table, finding.Problem)));
    }

    [Fact]
    public async Task A_key_that_is_never_null_wants_a_column_that_is_never_null()
    {
        await UniqueAsync();
        await IndexAsync("score, id");

        var finding = Assert.Single(await CheckAsync("strict"));

        Assert.Equal((PageIndexProblem.NullableColumn, "strict"), (finding.Problem, finding.Order));
        Assert.Equal(Dialect == SqlDialect.Sqlite, finding.Remedy is null);
        if (finding.Remedy is not null)
        {
            await RunAsync(finding.Remedy);
            Assert.Empty(await CheckAsync("strict"));
        }
    }

    private protected abstract Task<DbConnection> OpenAsync();

    /// <summary>Writes what the engines call differently: <c>{binary}</c>, and a collation that is neither that nor a column's.</summary>
    private protected abstract string InEngine(string sql);

    private protected Task UniqueAsync() => RunAsync("CREATE UNIQUE INDEX u ON tasks (id)");

    private protected Task IndexAsync(string keys, string? condition = null) =>
        RunAsync(InEngine($"CREATE INDEX i ON tasks ({keys}){(condition is null ? "" : $" WHERE {condition}")}"));

    private protected Task<IReadOnlyList<PageIndexFinding>> CheckAsync(string sort, string[]? equal = null, string? predicate = null) =>
        new PageIndexes().Add(IndexedRow.Order(sort), "tasks", equal, predicate).CheckAsync(Connection, Dialect);

    private protected async Task<string[]> MissingAsync(string sort, string[]? equal = null, string? predicate = null) =>
        [.. (await CheckAsync(sort, equal, predicate)).Where(finding => finding.Problem == PageIndexProblem.MissingIndex).Select(finding => finding.Order)];

    private protected async Task RunAsync(string sql)
    {
        await using var command = Connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
