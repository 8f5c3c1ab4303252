using System.Globalization;

namespace StratAI.Pagination.Tests;

public sealed class PagesTests
{
    [Fact]
    public async Task Every_row_is_read_by_cursor_in_the_largest_pages_and_nothing_is_counted()
    {
        var (read, asked) = List(250);

        Assert.Equal(Enumerable.Range(0, 250), await Pages.EnumerateAsync(read).ToListAsync());
        Assert.Equal(
            [
                new PageRequest { Limit = 100 },
                new PageRequest { Limit = 100, Cursor = "100" },
                new PageRequest { Limit = 100, Cursor = "200" },
            ],
            asked);
    }

    [Fact]
    public async Task A_first_request_says_where_and_how_and_only_its_page_is_counted()
    {
        var (read, asked) = List(10);
        var first = new PageRequest { Offset = 3, Limit = 4, Sort = "-title", Count = CountMode.Exact };

        Assert.Equal(Enumerable.Range(3, 7), await Pages.EnumerateAsync(read, first).ToListAsync());
        Assert.Equal([first, new PageRequest { Limit = 4, Sort = "-title", Cursor = "7" }], asked);

        asked.Clear();
        var resumed = new PageRequest { Cursor = "8", Limit = 5, Count = CountMode.Capped };
        Assert.Equal([8, 9], await Pages.EnumerateAsync(read, resumed).ToListAsync());
        Assert.Equal([resumed], asked);
    }

    [Fact]
    public async Task Nothing_is_read_ahead()
    {
        var (read, asked) = List(10);
        await using var rows = Pages.EnumerateAsync(read, new() { Limit = 2 }).GetAsyncEnumerator();
        Assert.Empty(asked);

        await rows.MoveNextAsync();
        await rows.MoveNextAsync();

        Assert.Single(asked);
    }

    [Fact]
    public async Task An_empty_page_in_the_middle_does_not_end_the_walk()
    {
        var rows = Pages.EnumerateAsync((request, _) => Task.FromResult(request.Cursor switch
        {
            null => Page([1], "a"),
            "a" => Page([], "b"),
            _ => Page([2], null),
        }));

        Assert.Equal([1, 2], await rows.ToListAsync());
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b", "a", "b")]
    [InlineData("w", "x", "a", "b", "c", "a", "b", "c")]
    public async Task A_pager_that_goes_round_is_not_followed_for_ever(params string[] cursors)
    {
        var read = 0;
        var rows = Pages.EnumerateAsync((_, _) =>
        {
            Assert.True(read < 100, "The walk does not end.");
            return Task.FromResult(Page([read], cursors[read++ % cursors.Length]));
        });

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await rows.ToListAsync());
        Assert.InRange(read, 2, 4 * cursors.Length);
    }

    [Fact]
    public async Task A_page_that_leads_to_itself_is_read_once()
    {
        var read = 0;
        var rows = Pages.EnumerateAsync((_, _) => Task.FromResult(Page([read++], "a")), new() { Cursor = "a" });

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await rows.ToListAsync());
        Assert.Equal(1, read);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public async Task Cancellation_ends_it_between_rows_and_between_pages(int rowsBefore, int pages)
    {
        using var cancellation = new CancellationTokenSource();
        var (read, asked) = List(10);
        var met = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Pages.EnumerateAsync(read, new() { Limit = 2 }).WithCancellation(cancellation.Token))
            {
                if (++met == rowsBefore)
                {
                    await cancellation.CancelAsync();
                }
            }
        });

        Assert.Equal((rowsBefore, pages), (met, asked.Count));
    }

    private static Page<int> Page(IReadOnlyList<int> rows, string? next) =>
        new(rows, new() { Limit = 1, HasMore = next is not null, NextCursor = next });

    /// <summary>A list of numbers whose cursor is the next of them.</summary>
    private static (Func<PageRequest, CancellationToken, Task<Page<int>>> Read, List<PageRequest> Asked) List(int count)
    {
        var asked = new List<PageRequest>();
        return ((request, _) =>
        {
            asked.Add(request);
            var start = request.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : request.Offset ?? 0;
            var end = Math.Min(count, start + request.Limit);
            return Task.FromResult(Page([.. Enumerable.Range(start, end - start)], end < count ? $"{end}" : null));
        }, asked);
    }
}
