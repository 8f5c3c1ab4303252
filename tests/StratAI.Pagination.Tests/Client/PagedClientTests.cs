using System.Net;

namespace StratAI.Pagination.Tests.Client;

public sealed class PagedClientTests
{
    [Theory]
    [InlineData("rows", "rows", "rows?cursor=c%2B%2F1")]
    [InlineData("rows?", "rows?", "rows?cursor=c%2B%2F1")]
    [InlineData("rows?offset=10&limit=2", "rows?offset=10&limit=2", "rows?limit=2&cursor=c%2B%2F1")]
    [InlineData("rows?cursor=z&limit=2#part", "rows?cursor=z&limit=2", "rows?limit=2&cursor=c%2B%2F1")]
    [InlineData("rows?CURSOR=z&%6Fffset=1", "rows?CURSOR=z&%6Fffset=1", "rows?cursor=c%2B%2F1")]
    [InlineData(
        "rows?tag=a%2Cb&tag=c+d&q=%C3%A9%26&flag&e=",
        "rows?tag=a%2Cb&tag=c+d&q=%C3%A9%26&flag&e=",
        "rows?tag=a%2Cb&tag=c+d&q=%C3%A9%26&flag&e=&cursor=c%2B%2F1")]
    [InlineData("/rows?a=1?2", "/rows?a=1?2", "/rows?a=1?2&cursor=c%2B%2F1")]
    [InlineData("?limit=1", "?limit=1", "?limit=1&cursor=c%2B%2F1")]
    [InlineData("https://other.example/x?offset=1", "https://other.example/x?offset=1", "https://other.example/x?cursor=c%2B%2F1")]
    public async Task Further_pages_keep_the_query_but_for_the_position(string address, string first, string second)
    {
        var answers = new Answers(Answers.Page("c+/1", 1, 2), Answers.Page(null, 3));
        var @base = new Uri("http://api.example/v1/");

        Assert.Equal([1, 2, 3], await answers.NewClient().GetAllAsync(address, Numbers.Default.PageInt32).ToListAsync());
        Assert.Equal([Absolute(first), Absolute(second)], answers.Asked);

        string Absolute(string relative) => new Uri(@base, relative).AbsoluteUri.Replace("%C3%A9", "é", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_read_by_type_information_and_by_reflection_alike()
    {
        PagedClient Client() => new Answers(Answers.Page("a", 1), Answers.Page(null, 2)).NewClient();

        Assert.Equal([1, 2], await Client().GetAllAsync<int>("rows").ToListAsync());
        foreach (var page in new[] { await Client().GetPageAsync("rows", Numbers.Default.PageInt32), await Client().GetPageAsync<int>("rows") })
        {
            Assert.Equal([1], page.Data);
            Assert.Equal("a", page.Pagination.NextCursor);
        }
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b", "a")]
    [InlineData("z")]
    public async Task A_server_that_goes_round_is_not_followed_for_ever(params string[] cursors)
    {
        var answers = new Answers([.. Enumerable.Repeat(cursors, 5).SelectMany(round => round).Select(cursor => Answers.Page(cursor, 1))]);

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await answers.NewClient().GetAllAsync("rows?cursor=z", Numbers.Default.PageInt32).ToListAsync());
        Assert.InRange(answers.Asked.Count, 1, 8);
    }

    [Fact]
    public async Task A_failure_keeps_what_was_met_and_names_the_cursor_to_go_on_from()
    {
        const string Problem = """{"title":"Bad Request","code":"cursor-mismatch","detail":"Line one.\nLine two."}""";
        var answers = new Answers(
            Answers.Page("a b", 1, 2), Answers.Json(HttpStatusCode.BadRequest, Problem, "application/problem+json"), Answers.Page(null, 3));
        var client = answers.NewClient();
        var met = new List<int>();

        var exception = await Assert.ThrowsAsync<PagedClientException>(async () =>
        {
            await foreach (var row in client.GetAllAsync("rows?secret=x", Numbers.Default.PageInt32))
            {
                met.Add(row);
            }
        });

        Assert.Equal([1, 2], met);
        Assert.Equal(("a b", "cursor-mismatch", HttpStatusCode.BadRequest), (exception.Cursor, exception.Code, exception.StatusCode));
        Assert.Equal("GET rows was answered 400 BadRequest, cursor-mismatch: Line one. Line two.", exception.Message);
        var rest = client.GetAllAsync($"rows?cursor={Uri.EscapeDataString(exception.Cursor!)}", Numbers.Default.PageInt32);
        Assert.Equal([3], await rest.ToListAsync());
    }

    [Theory]
    [InlineData("""{"title":"Gone for good"}""", "application/problem+json", "GET rows was answered 410 Gone: Gone for good")]
    [InlineData("""{"code":7,"detail":null}""", "application/json", "GET rows was answered 410 Gone.")]
    [InlineData("""["code"]""", "application/json", "GET rows was answered 410 Gone.")]
    [InlineData("""{"code":""", "application/json", "GET rows was answered 410 Gone.")]
    [InlineData("""{"code":"x"}""", "text/html", "GET rows was answered 410 Gone.")]
    public async Task An_error_says_what_its_body_says_if_it_is_a_problem(string body, string type, string message) =>
        Assert.Equal(message, (await FailureAsync(Answers.Json(HttpStatusCode.Gone, body, type))).Message);

    [Fact]
    public async Task An_error_without_end_is_not_read_to_its_end()
    {
        using var endless = new EndlessStream("{\"code\":\"x\",\"detail\":\"");
        var exception = await FailureAsync(() => new(HttpStatusCode.Gone)
        {
            Content = new StreamContent(endless) { Headers = { ContentType = new("application/problem+json") } },
        });

        Assert.Equal("GET rows was answered 410 Gone.", exception.Message);
        Assert.InRange(endless.Given, 1, 64 * 1024);
        var wordy = await FailureAsync(Answers.Json(HttpStatusCode.Gone, $$"""{"detail":"{{new string('x', 9000)}}"}"""));
        Assert.InRange(wordy.Message.Length, 500, 600);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"data":[1]}""")]
    [InlineData("""{"data":[1],"pagination":{"limit":1}}""")]
    [InlineData("""{"data":null,"pagination":{"limit":1,"hasMore":false}}""")]
    [InlineData("""{"data":["x"],"pagination":{"limit":1,"hasMore":false}}""")]
    public async Task What_is_no_page_is_said_to_be_none(string body)
    {
        var exception = await FailureAsync(Answers.Json(HttpStatusCode.OK, body));

        Assert.Equal("GET rows failed: the answer (200 OK, application/json) is no page.", exception.Message);
        Assert.Equal(HttpRequestError.InvalidResponse, exception.HttpRequestError);
    }

    [Fact]
    public async Task A_broken_connection_is_a_failure_with_its_cause()
    {
        var cause = new HttpRequestException(HttpRequestError.ConnectionError, "Refused.");
        var exception = await FailureAsync(() => throw cause);

        Assert.Equal((HttpRequestError.ConnectionError, "GET rows failed: Refused."), (exception.HttpRequestError, exception.Message));
        Assert.Same(cause, exception.InnerException);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_a_failure_and_no_page_of_another_form()
    {
        using var broken = new BrokenStream();
        var exception = await FailureAsync(() => new(HttpStatusCode.OK) { Content = new StreamContent(broken) });

        Assert.Equal(HttpRequestError.ResponseEnded, exception.HttpRequestError);
        Assert.StartsWith("GET rows failed: It broke off.", exception.Message, StringComparison.Ordinal);
        var refusal = await FailureAsync(() => new(HttpStatusCode.Gone)
        {
            Content = new StreamContent(broken) { Headers = { ContentType = new("application/json") } },
        });
        Assert.Equal("GET rows was answered 410 Gone.", refusal.Message);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_given_up_at_the_clients_timeout()
    {
        var clock = new WaitingClock();
        using var stalled = new StalledStream();
        var page = new Answers(() => new(HttpStatusCode.OK) { Content = new StreamContent(stalled) })
            .NewClient(clock, timeout: TimeSpan.FromMinutes(10)).GetPageAsync("rows?cursor=a", Numbers.Default.PageInt32);
        Assert.Equal(TimeSpan.FromMinutes(10), await clock.NextWaitAsync());

        clock.Advance(TimeSpan.FromMinutes(10));

        var exception = await Assert.ThrowsAsync<PagedClientException>(() => page);
        Assert.Equal(("a", "GET rows failed: no answer within the client's timeout."), (exception.Cursor, exception.Message));
    }

    [Fact]
    public async Task Cancellation_is_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        using var stalled = new StalledStream();
        var page = new Answers(() => new(HttpStatusCode.OK) { Content = new StreamContent(stalled) })
            .NewClient().GetPageAsync("rows", Numbers.Default.PageInt32, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
    }

    private static Task<PagedClientException> FailureAsync(Func<HttpResponseMessage> answer) =>
        Assert.ThrowsAsync<PagedClientException>(() => new Answers(answer).NewClient().GetPageAsync("rows", Numbers.Default.PageInt32));
}
