using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace StratAI.Pagination.Tests;

public sealed class PageSqlTests
{
    private static readonly Row Boundary = new(7, "x", 3);

    private static readonly PageOrder<Row> Order = PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, "lower(t.title)", collation: TextCollation.Column)
        .Key("name", row => row.Title, "t.title", collation: TextCollation.Binary)
        .Key("score", row => row.Score, "t.score", nullable: true)
        .Key("rank", row => row.Rank, "t.rank")
        .TieBreaker("id", row => row.Id, "t.id")
        .Default("-title"));

    private readonly Pager _pager = TestPagers.Create();

    [Fact]
    public void An_offset_page_counts_in_the_same_text()
    {
        var sql = Plan(new PageRequest { Offset = 20, Limit = 10, Count = CountMode.Exact }).Compose("t.*", "tasks t", "t.a = @a OR t.b = @b");

        Assert.Equal(
            """
            SELECT t.* FROM tasks t WHERE t.a = @a OR t.b = @b ORDER BY (lower(t.title)) DESC, t.id DESC LIMIT 11 OFFSET @page_0;
            SELECT count(*) FROM tasks t WHERE t.a = @a OR t.b = @b
            """,
            sql.Text);
        Assert.Equal(new Dictionary<string, object?> { ["page_0"] = 20 }, sql.Parameters);
    }

    [Theory]
    [InlineData(CountMode.Capped, SqlDialect.PostgreSql, "SELECT count(*) FROM (SELECT 1 FROM tasks t LIMIT 10001) AS page_rows")]
    [InlineData(CountMode.Estimated, SqlDialect.PostgreSql, "EXPLAIN (FORMAT JSON) SELECT 1 FROM tasks t")]
    [InlineData(CountMode.Estimated, SqlDialect.Sqlite, "SELECT count(*) FROM (SELECT 1 FROM tasks t LIMIT 10001) AS page_rows")]
    public void A_cheaper_count_is_the_second_statement(CountMode count, SqlDialect dialect, string statement)
    {
        var sql = Plan(new PageRequest { Offset = 0, Count = count }, dialect).Compose("t.*", "tasks t", "");

        Assert.Equal($"SELECT t.* FROM tasks t ORDER BY (lower(t.title)) DESC, t.id DESC LIMIT 51;\n{statement}", sql.Text);
    }

    [Theory]
    [InlineData("title", "((lower(t.title)), t.id) > (@page_0, @page_1)")]
    [InlineData("-title", "((lower(t.title)), t.id) < (@page_0, @page_1)")]
    [InlineData("name", "(t.title COLLATE \"C\", t.id) > (@page_0, @page_1)")]
    [InlineData("rank,title", "(t.rank, (lower(t.title)), t.id) > (@page_0, @page_1, @page_2)")]
    public void Keys_of_one_direction_compare_as_one_row(string sort, string seek)
    {
        var sql = Next(sort, Boundary);

        Assert.Contains($" WHERE (t.a = @a OR t.b = @b) AND {seek} ORDER BY ", sql.Text, StringComparison.Ordinal);
        Assert.Equal(0, sql.HiddenColumns);
    }

    [Fact]
    public void Keys_of_both_directions_are_read_range_by_range() => Assert.Equal(
        """
        WITH page_0 AS (SELECT t.*, t.rank AS page_key_0, t.title COLLATE "C" AS page_key_1, t.id AS page_key_2 FROM tasks t WHERE (t.a = @a OR t.b = @b) AND t.rank = @page_0 AND (t.title COLLATE "C", t.id) < (@page_1, @page_2) ORDER BY t.rank, t.title COLLATE "C" DESC, t.id DESC LIMIT 2),
        page_1 AS (SELECT * FROM (SELECT t.*, t.rank AS page_key_0, t.title COLLATE "C" AS page_key_1, t.id AS page_key_2 FROM tasks t WHERE (t.a = @a OR t.b = @b) AND t.rank > @page_0 ORDER BY t.rank, t.title COLLATE "C" DESC, t.id DESC LIMIT 2) AS page_rows LIMIT 2 - (SELECT count(*) FROM page_0))
        SELECT * FROM page_0 UNION ALL SELECT * FROM page_1 ORDER BY page_key_0, page_key_1 DESC, page_key_2 DESC
        """,
        Next("rank,-name", Boundary).Text);

    [Theory]
    [InlineData("score", new[] { "(t.score, t.id) > (@page_0, @page_1)", "t.score IS NULL" })]
    [InlineData("-score", new[] { "(t.score, t.id) < (@page_0, @page_1)", "t.score IS NULL" })]
    [InlineData("rank,score", new[] { "t.rank = @page_0 AND (t.score, t.id) > (@page_1, @page_2)", "t.rank = @page_0 AND t.score IS NULL", "t.rank > @page_0" })]
    [InlineData("-score,title", new[] { "t.score = @page_0 AND ((lower(t.title)), t.id) > (@page_1, @page_2)", "t.score < @page_0", "t.score IS NULL" })]
    public void Nulls_are_a_range_of_their_own(string sort, string[] ranges)
    {
        var sql = Next(sort, Boundary);

        Assert.Equal(ranges, Ranges(sql.Text));
        Assert.Equal(sort.Count(c => c == ',') + 2, sql.HiddenColumns);
    }

    [Theory]
    [InlineData("score", "t.score IS NULL AND t.id > @page_0")]
    [InlineData("-score", "t.score IS NULL AND t.id < @page_0")]
    public void A_cursor_at_a_null_seeks_among_the_nulls(string sort, string seek) =>
        Assert.Contains($" AND {seek} ORDER BY ", Next(sort, Boundary with { Score = null }).Text, StringComparison.Ordinal);

    [Fact]
    public void Back_from_a_null_lie_the_nulls_before_it_and_all_that_is_none() => Assert.Equal(
        ["t.score IS NULL AND t.id < @page_0", "t.score IS NOT NULL"], Ranges(Back("score", Boundary with { Score = null }, SqlDialect.PostgreSql).Text));

    [Theory]
    [InlineData("score", SqlDialect.PostgreSql, new[] { "t.score, t.id" })]
    [InlineData("-score", SqlDialect.PostgreSql, new[] { "t.score DESC, t.id DESC", "t.score DESC, t.id DESC" })]
    [InlineData("score", SqlDialect.Sqlite, new[] { "t.score, t.id", "t.score, t.id" })]
    [InlineData("-score", SqlDialect.Sqlite, new[] { "t.score DESC, t.id DESC" })]
    [InlineData("rank,-score", SqlDialect.PostgreSql, new[] { "t.rank, t.score DESC NULLS LAST, t.id DESC" })]
    [InlineData("rank,score", SqlDialect.Sqlite, new[] { "t.rank, t.score NULLS LAST, t.id" })]
    public void The_first_page_is_in_the_order_of_a_plain_index(string sort, SqlDialect dialect, string[] orders) =>
        Assert.Equal(orders, Orders(Plan(new PageRequest { Sort = sort }, dialect).Compose("t.*", "tasks t", "").Text));

    [Theory]
    [InlineData("score", SqlDialect.PostgreSql, "t.score, t.id")]
    [InlineData("-score", SqlDialect.PostgreSql, "t.score DESC NULLS LAST, t.id DESC")]
    [InlineData("score", SqlDialect.Sqlite, "t.score NULLS LAST, t.id")]
    public void An_offset_skips_in_one_piece(string sort, SqlDialect dialect, string order) =>
        Assert.Equal([order], Orders(Plan(new PageRequest { Sort = sort, Offset = 5 }, dialect).Compose("t.*", "tasks t", "").Text));

    [Fact]
    public async Task Bind_gives_a_command_the_text_and_the_parameters()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("a", 1);
        var plan = Plan(new PageRequest { Offset = 1, Limit = 2, Sort = "rank", Count = CountMode.Exact }, SqlDialect.Sqlite);

        plan.Compose("t.*", "(SELECT 5 AS rank, 1 AS id UNION ALL SELECT 4, 2 UNION ALL SELECT 3, 3 UNION ALL SELECT 2, 4) AS t", "@a = 1").Bind(command);
        await using var reader = await command.ExecuteReaderAsync();
        var page = await plan.ReadAsync(reader, record => new Row(record.GetInt64(1), "", null, record.GetInt32(0)));

        Assert.Equal([3, 4], page.Data.Select(row => row.Rank));
        Assert.Equal((4, true), (page.Pagination.Total, page.Pagination.HasMore));
    }

    [Fact]
    public async Task A_refused_request_can_only_be_refused()
    {
        var plan = Plan(new PageRequest { Sort = "unknown" });

        Assert.Contains("invalid-sort", Assert.Throws<InvalidOperationException>(() => plan.Compose("*", "t", "")).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => plan.QueryAsync(Array.Empty<Row>().AsQueryable()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pager.Plan(Order, new PageRequest(), TestPagers.Scope, (SqlDialect)9));
    }

    [Fact]
    public async Task A_reader_of_another_statement_is_refused()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();

        await RefusedAsync("SELECT 1 AS id", "count");
        await RefusedAsync("SELECT 1 AS id UNION ALL SELECT 2 UNION ALL SELECT 3; SELECT 3", "at most 2 rows");

        async Task RefusedAsync(string sql, string reason)
        {
            await using var command = new SqliteCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync();
            var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                Plan(new PageRequest { Offset = 0, Limit = 1, Count = CountMode.Exact }).ReadAsync(reader, Read));
            Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        }

        static Row Read(DbDataReader reader) => Boundary with { Id = reader.GetInt64(0) };
    }

    [Fact]
    public async Task An_order_says_what_it_cannot_do()
    {
        var linq = PageOrder<Row>.Create(order => order.TieBreaker("id", row => row.Id));
        var plan = _pager.Plan(linq, new PageRequest(), TestPagers.Scope, SqlDialect.Sqlite);
        Assert.Contains("'id' was declared without SQL", Assert.Throws<InvalidOperationException>(() => plan.Compose("*", "t", "")).Message, StringComparison.Ordinal);

        var collated = _pager.Plan(Order, new PageRequest { Sort = "name" }, TestPagers.Scope, SqlDialect.Sqlite);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => collated.QueryAsync(Array.Empty<Row>().AsQueryable()));
        Assert.Contains("'name' states a collation", thrown.Message, StringComparison.Ordinal);
    }

    private PagePlan<Row> Plan(PageRequest request, SqlDialect dialect = SqlDialect.PostgreSql) => _pager.Plan(Order, request, TestPagers.Scope, dialect);

    private PageSql Next(string sort, Row boundary) => At(sort, CursorAfter(sort, boundary), SqlDialect.PostgreSql);

    private PageSql Back(string sort, Row boundary, SqlDialect dialect)
    {
        var second = Plan(new PageRequest { Sort = sort, Limit = 1, Cursor = CursorAfter(sort, boundary) }, dialect).ToPage([boundary]);
        return At(sort, second.Pagination.PrevCursor, dialect);
    }

    private string? CursorAfter(string sort, Row boundary) =>
        Plan(new PageRequest { Sort = sort, Limit = 1 }).ToPage([boundary, boundary]).Pagination.NextCursor;

    private PageSql At(string sort, string? cursor, SqlDialect dialect) =>
        Plan(new PageRequest { Sort = sort, Limit = 1, Cursor = cursor }, dialect).Compose("t.*", "tasks t", "t.a = @a OR t.b = @b");

    private static string[] Ranges(string text) => Between(text, "(t.a = @a OR t.b = @b) AND ", " ORDER BY ");

    private static string[] Orders(string text) => Between(text, " ORDER BY ", " LIMIT ");

    private static string[] Between(string text, string before, string after) =>
        [.. text.Split(before).Skip(1).Where(part => part.Contains(after, StringComparison.Ordinal)).Select(part => part[..part.IndexOf(after, StringComparison.Ordinal)])];

    private sealed record Row(long Id, string Title, int? Score, int Rank = 1);
}
