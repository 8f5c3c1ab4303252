namespace StratAI.Pagination.Tests;

public sealed class PageSqlTests
{
    private static readonly Row Boundary = new(7, "x", 3);

    private static readonly PageOrder<Row> Order = PageOrder<Row>.Create(order => order
        .Key("title", "lower(t.title)", row => row.Title)
        .Key("score", "t.score", row => row.Score, nullable: true)
        .TieBreaker("id", "t.id", row => row.Id)
        .Default("-title"));

    private readonly Pager _pager = TestPagers.Create();

    [Fact]
    public void An_offset_page_counts_in_the_same_text()
    {
        var sql = Plan(new PageRequest { Offset = 20, Limit = 10, Count = CountMode.Exact }).Compose("t.*", "tasks t", "t.a = @a OR t.b = @b");

        Assert.Equal(
            """
            SELECT t.* FROM tasks t WHERE t.a = @a OR t.b = @b ORDER BY (lower(t.title)) DESC, t.id DESC LIMIT @page_0 OFFSET @page_1;
            SELECT count(*) FROM tasks t WHERE t.a = @a OR t.b = @b
            """,
            sql.Text);
        Assert.Equal(new Dictionary<string, object?> { ["page_0"] = 11, ["page_1"] = 20 }, sql.Parameters);
    }

    [Fact]
    public void A_capped_count_looks_at_one_row_more_than_it_tells()
    {
        var sql = Plan(new PageRequest { Offset = 0, Count = CountMode.Capped }).Compose("t.*", "tasks t", "");

        Assert.Equal(
            """
            SELECT t.* FROM tasks t ORDER BY (lower(t.title)) DESC, t.id DESC LIMIT @page_0;
            SELECT count(*) FROM (SELECT 1 FROM tasks t LIMIT 10001) AS page_rows
            """,
            sql.Text);
    }

    [Theory]
    [InlineData("title", "((lower(t.title)), t.id) > (@page_0, @page_1)")]
    [InlineData("-title", "((lower(t.title)), t.id) < (@page_0, @page_1)")]
    [InlineData("score", "(t.score > @page_0 OR t.score IS NULL OR (t.score = @page_0 AND t.id > @page_1))")]
    [InlineData("-score", "(t.score < @page_0 OR t.score IS NULL OR (t.score = @page_0 AND t.id < @page_1))")]
    [InlineData("-score,title", "(t.score < @page_0 OR t.score IS NULL OR (t.score = @page_0 AND ((lower(t.title)), t.id) > (@page_1, @page_2)))")]
    public void A_cursor_seeks_beyond_its_row(string sort, string seek) =>
        Assert.Contains($" WHERE (t.a = @a OR t.b = @b) AND {seek} ORDER BY ", Seek(sort, Boundary), StringComparison.Ordinal);

    [Fact]
    public void Keys_of_both_directions_start_from_a_bound_on_the_first()
    {
        var order = PageOrder<Row>.Create(order => order
            .Key("title", "title", row => row.Title).Key("score", "score", row => row.Score ?? 0).TieBreaker("id", "id", row => row.Id));

        Assert.Contains(
            "(title >= @page_0 AND (title > @page_0 OR (score, id) < (@page_1, @page_2)))", Seek("title,-score", Boundary, order), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("score", "(t.score IS NULL AND t.id > @page_0)")]
    [InlineData("-score", "(t.score IS NULL AND t.id < @page_0)")]
    public void A_cursor_at_a_null_seeks_among_the_nulls(string sort, string seek) =>
        Assert.Contains($" AND {seek} ORDER BY ", Seek(sort, Boundary with { Score = null }), StringComparison.Ordinal);

    [Theory]
    [InlineData("score", SqlDialect.PostgreSql, "t.score, t.id", "t.score DESC, t.id DESC")]
    [InlineData("-score", SqlDialect.PostgreSql, "t.score DESC NULLS LAST, t.id DESC", "t.score NULLS FIRST, t.id")]
    [InlineData("score", SqlDialect.Sqlite, "t.score NULLS LAST, t.id", "t.score DESC NULLS FIRST, t.id DESC")]
    [InlineData("-score", SqlDialect.Sqlite, "t.score DESC, t.id DESC", "t.score, t.id")]
    public void Nulls_come_last_and_that_is_only_said_where_the_engine_would_not(string sort, SqlDialect dialect, string forward, string backward)
    {
        var request = new PageRequest { Sort = sort, Limit = 1 };
        var first = _pager.Plan(Order, request, TestPagers.Scope, dialect);
        Assert.Contains($" ORDER BY {forward} LIMIT ", first.Compose("*", "t", "").Text, StringComparison.Ordinal);

        var second = _pager.Plan(Order, request with { Cursor = first.ToPage([Boundary, Boundary]).Pagination.NextCursor }, TestPagers.Scope, dialect);
        var back = _pager.Plan(Order, request with { Cursor = second.ToPage([Boundary]).Pagination.PrevCursor }, TestPagers.Scope, dialect);
        Assert.Contains($" ORDER BY {backward} LIMIT ", back.Compose("*", "t", "").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_request_can_only_be_refused()
    {
        var plan = Plan(new PageRequest { Sort = "unknown" });

        Assert.Contains("invalid-sort", Assert.Throws<InvalidOperationException>(() => plan.Compose("*", "t", "")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => plan.ToPage([]));
        Assert.Throws<InvalidOperationException>(() => plan.HasCount);
    }

    [Fact]
    public void Rows_or_a_count_that_the_statement_cannot_have_returned_are_refused()
    {
        var plan = Plan(new PageRequest { Offset = 0, Limit = 1, Count = CountMode.Exact });

        Assert.Throws<ArgumentException>(() => plan.ToPage([Boundary]));
        Assert.Throws<ArgumentException>(() => plan.ToPage([Boundary, Boundary, Boundary], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pager.Plan(Order, new PageRequest(), TestPagers.Scope, (SqlDialect)9));
    }

    private PagePlan<Row> Plan(PageRequest request) => _pager.Plan(Order, request, TestPagers.Scope, SqlDialect.PostgreSql);

    private string Seek(string sort, Row boundary, PageOrder<Row>? order = null)
    {
        var request = new PageRequest { Sort = sort, Limit = 1 };
        var first = _pager.Plan(order ?? Order, request, TestPagers.Scope, SqlDialect.PostgreSql).ToPage([boundary, boundary]);
        return _pager.Plan(order ?? Order, request with { Cursor = first.Pagination.NextCursor }, TestPagers.Scope, SqlDialect.PostgreSql)
            .Compose("t.*", "tasks t", "t.a = @a OR t.b = @b").Text;
    }

    private sealed record Row(long Id, string Title, int? Score);
}
