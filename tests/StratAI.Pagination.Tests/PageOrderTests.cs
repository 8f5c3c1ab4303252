namespace StratAI.Pagination.Tests;

public sealed class PageOrderTests
{
    private static readonly PageOrder<Row> Order = PageOrder<Row>.Create(order => order
        .Key("title", row => row.Title, "t.title", collation: TextCollation.Binary)
        .Key("due", row => row.Due, "t.due", nullable: true)
        .TieBreaker("id", row => row.Id, "t.id")
        .Default("-title"));

    [Theory]
    [InlineData(null, "t.title COLLATE \"C\" DESC, t.id DESC")]
    [InlineData("title", "t.title COLLATE \"C\", t.id")]
    [InlineData("-title", "t.title COLLATE \"C\" DESC, t.id DESC")]
    [InlineData("-due,title", "t.due DESC, t.title COLLATE \"C\", t.id")]
    [InlineData("title,-due", "t.title COLLATE \"C\", t.due DESC NULLS LAST, t.id DESC")]
    public void A_sort_is_followed_by_the_tie_breaker_in_the_direction_of_its_last_key(string? sort, string orderBy) =>
        Assert.Contains($" ORDER BY {orderBy} LIMIT ", Plan(Order, sort).Compose("*", "tasks t", "").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("Title")]
    [InlineData("id")]
    [InlineData("-")]
    [InlineData("--title")]
    [InlineData("+title")]
    [InlineData("title,")]
    [InlineData("title, due")]
    [InlineData("title,-title")]
    [InlineData("title;drop table tasks")]
    public void What_is_not_allowed_is_refused_with_what_is(string sort)
    {
        var error = Plan(Order, sort).Error;

        Assert.Equal("invalid-sort", error?.Code);
        Assert.EndsWith(": title, due.", error!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"; DROP")]
    public void A_collation_is_one_name(string name) => Assert.Throws<ArgumentException>(() => TextCollation.Named(name));

    [Fact]
    public void A_list_without_sort_keys_says_so()
    {
        var order = PageOrder<Row>.Create(order => order.TieBreaker("id", row => row.Id, "t.id").Default("-id"));

        Assert.Empty(order.Fields);
        Assert.Contains("no 'sort'", Plan(order, "title").Error?.Detail, StringComparison.Ordinal);
        Assert.Contains("ORDER BY t.id DESC LIMIT", Plan(order, null).Compose("*", "t", "").Text, StringComparison.Ordinal);
        Assert.Contains("ORDER BY t.id DESC LIMIT", Plan(order, "-id").Compose("*", "t", "").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_unique_key_nothing_is_sorted()
    {
        var order = PageOrder<Row>.Create(order => order
            .Key("id", row => row.Id, "t.id").Key("due", row => row.Due, "t.due", nullable: true).TieBreaker("id", row => row.Id, "t.id"));

        Assert.Equal("id", order.Default);
        Assert.Equal(["id", "due"], order.Fields);
        Assert.Contains("ORDER BY t.id DESC LIMIT", Plan(order, "-id,due").Compose("*", "t", "").Text, StringComparison.Ordinal);
        Assert.Equal("invalid-sort", Plan(order, "-id,unknown").Error?.Code);
    }

    [Fact]
    public void A_definition_that_cannot_work_is_refused_where_it_is_made()
    {
        Refused<InvalidOperationException>("tie-breaker", order => order.Key("title", row => row.Title, "t.title", collation: TextCollation.Binary));
        Refused<InvalidOperationException>("'-created'", order => Valid(order).Default("-created"));
        Refused<InvalidOperationException>("'title,title'", order => Valid(order).Default("title,title"));
        Refused<InvalidOperationException>("'id'", order => Valid(order).Key("id", row => row.Id, "t.other"));
        Refused<ArgumentException>("'id'", order => Valid(order).TieBreaker("id", row => row.Id, "t.id"));
        Refused<ArgumentException>("'title'", order => Valid(order).Key("title", row => row.Title, "t.title", collation: TextCollation.Binary));
        Refused<ArgumentException>("'a,b'", order => Valid(order).Key("a,b", row => row.Title, "t.title", collation: TextCollation.Binary));
        Refused<ArgumentException>("'-a'", order => Valid(order).Key("-a", row => row.Title, "t.title", collation: TextCollation.Binary));
        Refused<ArgumentException>("nullable: true", order => Valid(order).Key("due", row => row.Due, "t.due"));
        Refused<ArgumentException>("'size'", order => Valid(order).Key("size", row => 1UL, "t.size"));
        Refused<ArgumentException>("state its collation", order => Valid(order).Key("plain", row => row.Title, "t.title"));
        Refused<ArgumentException>("no collation", order => Valid(order).Key("number", row => row.Id, "t.id", collation: TextCollation.Binary));
        Refused<InvalidOperationException>("'id'", order => order.Key("id", row => row.Id).TieBreaker("id", row => row.Id, "t.id"));
        Refused<ArgumentException>("'tags'", order => Valid(order).Key("tags", row => Array.Empty<string>(), "t.tags"));
        Refused<ArgumentException>("sql", order => Valid(order).Key("blank", row => row.Title, " ", collation: TextCollation.Binary));

        static PageOrderBuilder<Row> Valid(PageOrderBuilder<Row> order) => order.Key("title", row => row.Title, "t.title", collation: TextCollation.Binary).TieBreaker("id", row => row.Id, "t.id");
    }

    private static void Refused<TException>(string named, Action<PageOrderBuilder<Row>> build)
        where TException : Exception =>
        Assert.Contains(named, Assert.Throws<TException>(() => PageOrder<Row>.Create(build)).Message, StringComparison.Ordinal);

    private static PagePlan<Row> Plan(PageOrder<Row> order, string? sort) =>
        TestPagers.Create().Plan(order, new PageRequest { Sort = sort }, TestPagers.Scope, SqlDialect.PostgreSql);

    private sealed record Row(Guid Id, string Title, DateOnly? Due);
}
