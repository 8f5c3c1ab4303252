using System.Text.Json;
using System.Text.Json.Serialization;
using StratAI.Pagination.Tests.Web;

namespace StratAI.Pagination.Tests.Client;

/// <summary>The client, the test kit and the package's own lists, together over HTTP.</summary>
public sealed partial class PagedClientServerTests(RowsApp app) : IClassFixture<RowsApp>, IAsyncLifetime
{
    private readonly HastyClock _clock = new();

    public async Task InitializeAsync()
    {
        app.Answered = 1;
        await app.ExecuteAsync("""
            DELETE FROM rows;
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 130)
            INSERT INTO rows SELECT n, char(97 + n % 5) FROM numbers;
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Many_walks_at_once_read_the_whole_list_through_refusals()
    {
        app.Answered = 3;
        var client = new PagedClient(app.Client, new() { MaximumAttempts = 100 }, _clock);
        var expected = await app.IdsAsync("title DESC, id DESC");

        var walks = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await client
            .GetAllAsync("/rows?limit=20&offset=0&sort=-title,-id", Wire.Default.PageRow).Select(row => row.Id).ToArrayAsync()));

        Assert.All(walks, walk => Assert.Equal(expected, walk));
        Assert.Equal(8 * 7 * 2, _clock.Waits);
    }

    [Fact]
    public async Task A_refused_page_says_why_and_the_walk_can_go_on()
    {
        var client = new PagedClient(app.Client, new() { MaximumAttempts = 1 }, _clock);
        var met = new List<long>();
        var exception = await Assert.ThrowsAsync<PagedClientException>(async () =>
        {
            await foreach (var row in client.GetAllAsync("/rows?limit=100&sort=id", Wire.Default.PageRow))
            {
                met.Add(row.Id);
                app.Answered = int.MaxValue;
            }
        });

        Assert.Equal("GET /rows was answered 429 TooManyRequests: Later.", exception.Message);
        Assert.Equal(TimeSpan.FromSeconds(1), exception.RetryAfter);
        app.Answered = 1;
        await foreach (var row in client.GetAllAsync($"/rows?limit=100&sort=id&cursor={exception.Cursor}", Wire.Default.PageRow))
        {
            met.Add(row.Id);
        }

        Assert.Equal(await app.IdsAsync("id"), met);
        var malformed = await Assert.ThrowsAsync<PagedClientException>(() => client.GetPageAsync<Row>("/rows?cursor=x"));
        Assert.Equal("cursor-malformed", malformed.Code);
    }

    [Theory]
    [InlineData(null, "title DESC, id", 7)]
    [InlineData("title", "title, id", 13)]
    [InlineData("-title", "title DESC, id DESC", 26)]
    public async Task The_list_keeps_the_promises_of_paging(string? sort, string order, int limit)
    {
        var client = new PagedClient(app.Client);
        await PageWalk.CheckAsync(ReadAsync, row => row.Id, async _ => await app.IdsAsync(order), new() { Sort = sort, Limit = limit });

        var step = 0;
        await PageWalk.CheckAsync(ReadAsync, row => row.Id, async _ => await app.IdsAsync(order), new()
        {
            Sort = sort,
            Limit = limit,
            BetweenPages = async _ => await app.ExecuteAsync($"""
                DELETE FROM rows WHERE id = {++step * 11 % 131};
                INSERT INTO rows (title) VALUES ('{(char)('a' + (step % 5))}'), ('A'), ('z');
                """),
        });

        Task<Page<Row>> ReadAsync(PageRequest request, CancellationToken cancellation)
        {
            var sorted = request.Sort is null ? "" : $"&sort={request.Sort}";
            var at = request.Cursor is null ? "" : $"&cursor={request.Cursor}";
            return client.GetPageAsync($"/rows?limit={request.Limit}{sorted}{at}", Wire.Default.PageRow, cancellation);
        }
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Page<Row>))]
    private sealed partial class Wire : JsonSerializerContext;
}
