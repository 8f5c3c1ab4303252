using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace StratAI.Pagination.Tests;

public sealed class PageLinksTests
{
    [Theory]
    [InlineData("", 0, 50, false, "<{0}>; rel=\"first\"")]
    [InlineData("?limit=10", 0, 10, true, "<{0}?limit=10>; rel=\"first\", <{0}?limit=10&offset=10>; rel=\"next\"")]
    [InlineData(
        "?offset=20&limit=10", 20, 10, true,
        "<{0}?limit=10>; rel=\"first\", <{0}?limit=10&offset=30>; rel=\"next\", <{0}?limit=10&offset=10>; rel=\"prev\"")]
    [InlineData("?OFFSET=3", 3, 10, false, "<{0}>; rel=\"first\", <{0}?offset=0>; rel=\"prev\"")]
    [InlineData("", int.MaxValue, 100, true, "<{0}>; rel=\"first\", <{0}?offset=2147483747>; rel=\"next\", <{0}?offset=2147483547>; rel=\"prev\"")]
    public void An_offset_page_links_by_offset(string query, int offset, int limit, bool more, string expected) =>
        Assert.Equal(Expected(expected), Write(query, new PageInfo { Offset = offset, Limit = limit, HasMore = more, NextCursor = more ? "n" : null }));

    [Theory]
    [InlineData(null, null, "<{0}?sort=-title>; rel=\"first\"")]
    [InlineData("n", null, "<{0}?sort=-title>; rel=\"first\", <{0}?sort=-title&cursor=n>; rel=\"next\"")]
    [InlineData("n", "p", "<{0}?sort=-title>; rel=\"first\", <{0}?sort=-title&cursor=n>; rel=\"next\", <{0}?sort=-title&cursor=p>; rel=\"prev\"")]
    public void A_cursor_page_links_by_cursor(string? next, string? previous, string expected) =>
        Assert.Equal(
            Expected(expected),
            Write("?cursor=old&sort=-title", new PageInfo { Limit = 50, HasMore = next is not null, NextCursor = next, PrevCursor = previous }));

    [Fact]
    public void Other_parameters_are_kept_and_cannot_break_out_of_the_header() =>
        Assert.Equal(
            "<{0}?status=a&status=b&q=%3E%3B%20rel%3D%22x%22%2C%0D%0A%C3%A9>; rel=\"first\"".Replace("{0}", Path, StringComparison.Ordinal),
            Write("?status=a&status=b&q=%3E%3B%20rel%3D%22x%22%2C%0D%0A%C3%A9", new PageInfo { Limit = 50, HasMore = false }));

    [Fact]
    public void A_link_header_that_is_there_already_is_kept()
    {
        var context = Context("");
        context.Response.Headers.Link = "</docs>; rel=\"help\"";

        PageLinks.Write(context, new PageInfo { Limit = 50, HasMore = false });

        Assert.Equal(new StringValues(["</docs>; rel=\"help\"", $"<{Path}>; rel=\"first\""]), context.Response.Headers.Link);
    }

    private const string Path = "/base/api/t%20%3E%C3%A9";

    private static string Expected(string template) => template.Replace("{0}", Path, StringComparison.Ordinal);

    private static string Write(string query, PageInfo info)
    {
        var context = Context(query);
        PageLinks.Write(context, info);
        return context.Response.Headers.Link.ToString();
    }

    private static DefaultHttpContext Context(string query) =>
        new() { Request = { PathBase = "/base", Path = "/api/t >é", QueryString = new(query) } };
}
