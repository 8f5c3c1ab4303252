using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination.Tests;

public sealed class PageRequestTests
{
    [Theory]
    [InlineData("", 50, 0, CountMode.Exact)]
    [InlineData("?limit=10&offset=20", 10, 20, CountMode.Exact)]
    [InlineData("?limit=0", 1, 0, CountMode.Exact)]
    [InlineData("?limit=-5&offset=-1", 1, 0, CountMode.Exact)]
    [InlineData("?limit=101", 100, 0, CountMode.Exact)]
    [InlineData("?limit=99999999999999999999&offset=99999999999999999999", 100, int.MaxValue, CountMode.Exact)]
    [InlineData("?limit=-99999999999999999999&offset=-99999999999999999999", 1, 0, CountMode.Exact)]
    [InlineData("?limit=007", 7, 0, CountMode.Exact)]
    [InlineData("?LIMIT=3&Offset=4", 3, 4, CountMode.Exact)]
    [InlineData("?cursor=abc", 50, null, CountMode.None)]
    [InlineData("?cursor=abc&limit=1000&count=capped", 100, null, CountMode.Capped)]
    [InlineData("?count=none", 50, 0, CountMode.None)]
    [InlineData("?count=exact", 50, 0, CountMode.Exact)]
    [InlineData("?count=estimated", 50, 0, CountMode.Estimated)]
    [InlineData("?status=a&status=b", 50, 0, CountMode.Exact)]
    public void A_good_query_binds(string query, int limit, int? offset, CountMode count)
    {
        var request = Parse(query);

        Assert.Null(request.Error);
        Assert.Equal((limit, offset, count), (request.Limit, request.Offset, request.Count));
    }

    [Theory]
    [InlineData("?limit=ten", "invalid-pagination", "'limit'")]
    [InlineData("?limit=", "invalid-pagination", "'limit'")]
    [InlineData("?limit=-", "invalid-pagination", "'limit'")]
    [InlineData("?limit=1.5", "invalid-pagination", "'limit'")]
    [InlineData("?limit=1e3", "invalid-pagination", "'limit'")]
    [InlineData("?limit=0x10", "invalid-pagination", "'limit'")]
    [InlineData("?limit=%D9%A3", "invalid-pagination", "'limit'")]
    [InlineData("?offset=%201", "invalid-pagination", "'offset'")]
    [InlineData("?offset=--1", "invalid-pagination", "'offset'")]
    [InlineData("?offset=a", "invalid-pagination", "'offset'")]
    [InlineData("?count=Exact", "invalid-pagination", "'count'")]
    [InlineData("?count=", "invalid-pagination", "'count'")]
    [InlineData("?limit=1&limit=2", "invalid-pagination", "'limit'")]
    [InlineData("?cursor=a&cursor=b", "invalid-pagination", "'cursor'")]
    [InlineData("?sort=a&sort=b", "invalid-pagination", "'sort'")]
    [InlineData("?cursor=abc&offset=0", "pagination-conflict", "'offset'")]
    [InlineData("?cursor=&offset=", "pagination-conflict", "'offset'")]
    [InlineData("?cursor=", "cursor-malformed", "cursor")]
    public void A_bad_query_says_what_is_wrong(string query, string code, string named)
    {
        var request = Parse(query);

        Assert.Equal(code, request.Error?.Code);
        Assert.Contains(named, request.Error!.Detail, StringComparison.Ordinal);
        Assert.Same(request.Error, Plan(request).Error);
    }

    [Fact]
    public async Task It_binds_from_a_request()
    {
        var context = new DefaultHttpContext { Request = { QueryString = new("?limit=7&offset=3&sort=-title") } };

        var request = await PageRequest.BindAsync(context, null!);

        Assert.Equal(new PageRequest { Limit = 7, Offset = 3, Sort = "-title", Count = CountMode.Exact }, request);
    }

    [Fact]
    public void What_code_asks_for_is_clamped_and_checked_alike()
    {
        Assert.Equal((100, 0), (new PageRequest { Limit = 500 }.Limit, new PageRequest { Offset = -3 }.Offset));
        Assert.Same(PageErrors.Conflict, Plan(new PageRequest { Offset = 0, Cursor = "abc" }).Error);
    }

    private static PageRequest Parse(string query) => PageRequest.Parse(new QueryCollection(QueryHelpers.ParseQuery(query)));

    private static PagePlan<int> Plan(PageRequest request) =>
        TestPagers.Create().Plan(PageOrder<int>.Create(order => order.TieBreaker("id", row => row, "id")), request, TestPagers.Scope, SqlDialect.Sqlite);
}
