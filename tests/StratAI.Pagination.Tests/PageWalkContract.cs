using CsCheck;
using StratAI.Pagination.Tests.Engines;

namespace StratAI.Pagination.Tests;

/// <summary>What walking a list by cursor promises, on every engine.</summary>
public abstract class PageWalkContract : IAsyncLifetime
{
    private Gen<string> Sorts => Gen.Shuffle(_table.Order.Fields.ToArray(), 1, 4).SelectMany(fields =>
        Gen.Bool.Array[fields.Length].Select(downs => string.Join(',', fields.Zip(downs, (name, down) => down ? $"-{name}" : name))));

    private readonly Pager _pager = TestPagers.Create();
    private ItemTable _table = null!;

    public async Task InitializeAsync() => _table = await CreateTableAsync();

    public async Task DisposeAsync() => await _table.DisposeAsync();

    private protected abstract Task<ItemTable> CreateTableAsync();

    [Fact]
    public Task Any_list_walked_forward_and_back_in_any_order_is_the_list_as_a_naive_sort_has_it() =>
        Gen.Select(Items(0, 25), Sorts, Gen.Int[1, 7], Gen.Int[1, 7]).SampleAsync(
            async (items, sort, forwardLimit, backwardLimit) =>
            {
                var expected = ItemOrder.Sort(items, sort);
                var batch = _table.NewBatch();
                await _table.InsertAsync(batch, items);

                var forward = await WalkAsync(batch, new PageRequest { Sort = sort, Limit = forwardLimit }, page => page.NextCursor);
                Assert.Equal(expected, forward.SelectMany(page => page.Data));
                Assert.All(forward, page => Assert.Equal(page.Pagination.NextCursor is not null, page.Pagination.HasMore));
                Assert.All(forward, (page, index) => Assert.Equal(index > 0, page.Pagination.PrevCursor is not null));
                Assert.All(forward.SkipLast(1), page => Assert.Equal(forwardLimit, page.Data.Count));

                var last = forward[^1];
                var back = last.Pagination.PrevCursor is { } cursor
                    ? await WalkAsync(batch, new PageRequest { Sort = sort, Limit = backwardLimit, Cursor = cursor }, page => page.PrevCursor)
                    : [];
                Assert.Equal(expected, back.AsEnumerable().Reverse().Append(last).SelectMany(page => page.Data));
                Assert.All(back, page => Assert.Equal(page.Pagination.PrevCursor is not null, page.Pagination.HasMore));
                Assert.All(back, page => Assert.NotNull(page.Pagination.NextCursor));
                Assert.All(back.SkipLast(1), page => Assert.Equal(backwardLimit, page.Data.Count));
            },
            iter: Fuzz.Times(150),
            threads: 1);

    [Fact]
    public Task Any_walk_to_and_fro_is_a_window_that_slides_over_the_sorted_list() =>
        Gen.Select(Items(0, 25), Sorts, Gen.Select(Gen.Bool, Gen.Int[1, 6]).Array[1, 20]).SampleAsync(
            async (items, sort, steps) =>
            {
                var expected = ItemOrder.Sort(items, sort);
                var batch = _table.NewBatch();
                await _table.InsertAsync(batch, items);
                var (page, start, end) = (await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 3 }), 0, Math.Min(3, items.Length));
                foreach (var (forward, limit) in steps)
                {
                    Assert.Equal(expected[start..end], page.Data);
                    Assert.Equal(start > 0, page.Pagination.PrevCursor is not null);
                    Assert.Equal(end < items.Length, page.Pagination.NextCursor is not null);
                    if ((forward ? page.Pagination.NextCursor : page.Pagination.PrevCursor) is { } cursor)
                    {
                        page = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = limit, Cursor = cursor });
                        (start, end) = forward ? (end, Math.Min(end + limit, items.Length)) : (Math.Max(start - limit, 0), start);
                    }
                }
            },
            iter: Fuzz.Times(40),
            threads: 1);

    [Fact]
    public Task Rows_that_stay_are_seen_exactly_once_while_others_come_and_go() =>
        Gen.Select(Items(5, 20), Items(5, 20), Sorts, Gen.Int[1, 5]).SampleAsync(
            async (initial, late, sort, limit) =>
            {
                var batch = _table.NewBatch();
                await _table.InsertAsync(batch, initial);
                var (doomed, staying) = (initial.Where((_, index) => index % 3 == 0).ToArray(), initial.Where((_, index) => index % 3 != 0).ToArray());

                var step = 0;
                async Task ChangeAsync()
                {
                    await _table.DeleteAsync(batch, doomed.Skip(step).Take(1));
                    await _table.InsertAsync(batch, late.Skip(step).Take(1));
                    step++;
                }

                var forward = await WalkAsync(batch, new PageRequest { Sort = sort, Limit = limit }, page => page.NextCursor, ChangeAsync);
                AssertSeenOnce(forward);

                if (forward[^1].Pagination.PrevCursor is { } cursor)
                {
                    var back = await WalkAsync(batch, new PageRequest { Sort = sort, Limit = limit, Cursor = cursor }, page => page.PrevCursor, ChangeAsync);
                    AssertSeenOnce([.. back.AsEnumerable().Reverse(), forward[^1]]);
                }

                void AssertSeenOnce(IEnumerable<Page<Item>> pages)
                {
                    var seen = pages.SelectMany(page => page.Data).ToArray();
                    Assert.Equal(ItemOrder.Sort(seen, sort), seen);
                    Assert.Equal(seen.Length, seen.DistinctBy(item => item.Id).Count());
                    Assert.Equal(ItemOrder.Sort(staying, sort), seen.Where(staying.Contains));
                }
            },
            iter: Fuzz.Times(60),
            threads: 1);

    [Fact]
    public async Task Rows_a_tick_apart_are_neither_repeated_nor_skipped()
    {
        var start = new DateTime(2026, 11, 23, 10, 15, 30, DateTimeKind.Utc);
        var items = Enumerable.Range(0, 12).Select(i => New() with { CreatedAt = start.AddTicks(i / 2 * _table.Tick) }).ToArray();
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, items);

        foreach (var sort in new[] { "createdAt", "-createdAt" })
        {
            var pages = await WalkAsync(batch, new PageRequest { Sort = sort, Limit = 1 }, page => page.NextCursor);
            Assert.Equal(ItemOrder.Sort(items, sort), pages.SelectMany(page => page.Data));
        }
    }

    [Fact]
    public async Task An_offset_page_goes_on_by_cursor_where_it_ends()
    {
        var items = Enumerable.Range(0, 9).Select(rank => New() with { Rank = rank }).ToArray();
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, items);

        var page = await ReadAsync(batch, new PageRequest { Sort = "rank", Offset = 2, Limit = 3, Count = CountMode.Exact });
        Assert.Equal(items[2..5], page.Data);
        Assert.Equal(new PageInfo { Offset = 2, Limit = 3, Total = 9, HasMore = true, NextCursor = page.Pagination.NextCursor }, page.Pagination);

        var next = await WalkAsync(batch, new PageRequest { Sort = "rank", Cursor = page.Pagination.NextCursor, Limit = 2 }, info => info.NextCursor);
        Assert.Equal(items[5..], next.SelectMany(each => each.Data));

        var last = await ReadAsync(batch, new PageRequest { Sort = "rank", Offset = 6, Limit = 3 });
        Assert.Equal(items[6..], last.Data);
        Assert.Equal(new PageInfo { Offset = 6, Limit = 3, HasMore = false }, last.Pagination);
    }

    [Fact]
    public async Task An_offset_beyond_the_end_is_an_empty_page_that_still_knows_the_total()
    {
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, [New(), New()]);

        var page = await ReadAsync(batch, new PageRequest { Offset = int.MaxValue, Count = CountMode.Exact });

        Assert.Empty(page.Data);
        Assert.Equal(new PageInfo { Offset = int.MaxValue, Limit = 50, Total = 2, HasMore = false }, page.Pagination);
    }

    [Theory]
    [InlineData("rank")]
    [InlineData("-rank,level")]
    [InlineData("score")]
    [InlineData("-score")]
    public async Task A_page_emptied_by_deletions_leads_back_to_the_row_that_led_to_it(string sort)
    {
        var items = ItemOrder.Sort(Enumerable.Range(0, 6).Select(rank => New() with { Rank = rank, Score = rank > 2 ? rank : null }), sort);
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, items);
        var first = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 3 });
        await _table.DeleteAsync(batch, items[3..]);

        var empty = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 3, Cursor = first.Pagination.NextCursor });
        Assert.Empty(empty.Data);
        Assert.False(empty.Pagination.HasMore);
        Assert.Null(empty.Pagination.NextCursor);

        var back = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 2, Cursor = empty.Pagination.PrevCursor });
        Assert.Equal(items[1..3], back.Data);
        Assert.Null(back.Pagination.NextCursor);
        await _table.DeleteAsync(batch, items[..1]);

        var before = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 2, Cursor = back.Pagination.PrevCursor });
        Assert.Empty(before.Data);
        Assert.Null(before.Pagination.PrevCursor);

        var again = await ReadAsync(batch, new PageRequest { Sort = sort, Limit = 2, Cursor = before.Pagination.NextCursor });
        Assert.Equal(items[1..3], again.Data);
        Assert.Equal(new PageInfo { Limit = 2, HasMore = false }, again.Pagination);
    }

    [Theory]
    [InlineData(CountMode.Exact, 10_001, 10_001, TotalPrecision.Exact)]
    [InlineData(CountMode.Capped, 10_001, 10_000, TotalPrecision.AtLeast)]
    [InlineData(CountMode.Capped, 10_000, 10_000, TotalPrecision.Exact)]
    [InlineData(CountMode.Capped, 0, 0, TotalPrecision.Exact)]
    public async Task A_count_says_how_precise_it_is(CountMode mode, int rows, long total, TotalPrecision precision)
    {
        var batch = _table.NewBatch();
        await _table.FillAsync(batch, rows);

        var first = await ReadAsync(batch, new PageRequest { Count = mode, Limit = 10 });
        var second = first.Pagination.NextCursor is { } cursor ? await ReadAsync(batch, new PageRequest { Count = mode, Limit = 10, Cursor = cursor }) : first;

        Assert.All([first, second], page => Assert.Equal((total, precision), (page.Pagination.Total, page.Pagination.Precision)));
    }

    [Fact]
    public async Task Without_a_count_there_is_no_second_result_set_and_no_total()
    {
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, [New()]);

        Assert.Null((await ReadAsync(batch, new PageRequest { Count = CountMode.None })).Pagination.Total);
    }

    [Fact]
    public Task The_first_pages_of_many_lists_are_the_first_of_each_and_go_on_by_cursor() =>
        Gen.Select(Items(0, 30), Sorts, Gen.Int[1, 4]).SampleAsync(
            async (items, sort, limit) =>
            {
                int[] ranks = [1, 0, 77, 0];
                var batch = _table.NewBatch();
                await _table.InsertAsync(batch, items);

                var pages = await _table.ReadAsync(_pager.PlanBatch(_table.Order, ranks, limit, ScopeOf, _table.Dialect, sort), batch);

                Assert.Equal(ranks.Distinct().Order(), pages.Keys.Order());
                foreach (var (rank, page) in pages)
                {
                    var expected = ItemOrder.Sort(items.Where(item => item.Rank == rank), sort);
                    Assert.Equal(expected.Take(limit), page.Data);
                    Assert.Equal(expected.Length > limit, page.Pagination.HasMore);
                    Assert.Equal((null, null, limit), (page.Pagination.Total, page.Pagination.PrevCursor, page.Pagination.Limit));
                    if (page.Pagination.NextCursor is { } cursor)
                    {
                        var plan = _pager.Plan(
                            _table.Order, new PageRequest { Sort = sort, Cursor = cursor, Limit = 100 }, ScopeOf(rank), _table.Dialect);
                        Assert.Equal(expected.Skip(limit), (await _table.ReadAsync(plan, batch, rank)).Data);
                    }
                }
            },
            iter: Fuzz.Times(40),
            threads: 1);

    [Fact]
    public async Task A_batch_of_no_lists_is_empty()
    {
        var batch = _table.NewBatch();
        await _table.InsertAsync(batch, [New()]);

        Assert.Empty(await _table.ReadAsync(_pager.PlanBatch(_table.Order, Array.Empty<int>(), 3, ScopeOf, _table.Dialect), batch));
        Assert.Throws<ArgumentException>(() => _pager.PlanBatch(_table.Order, [1], 3, ScopeOf, _table.Dialect, "unknown"));
        Assert.Throws<ArgumentException>(() => _pager.PlanBatch(_table.Order, Enumerable.Range(0, 1001), 3, ScopeOf, _table.Dialect));
    }

    private static PageScope ScopeOf(int rank) => TestPagers.Scope with { Endpoint = $"ranks/{rank}/items" };

    private static Item New() => new() { Id = Guid.NewGuid(), CreatedAt = DateTime.UnixEpoch };

    /// <summary>Few distinct values, so that ties and nulls abound; texts that would break a cursor with delimiters or escapes.</summary>
    private Gen<Item[]> Items(int minimum, int maximum) =>
        Gen.Select(
            Gen.Guid,
            Gen.Select(Gen.Int[-1, 1], Gen.Nullable(Gen.OneOf(long.MinValue, 0L, 7L, long.MaxValue))),
            Gen.Select(Gen.OneOf("", "a", "A", "b:c", "é", "😀", "﹡", "'\"--;"), Gen.Null(Gen.OneOf("", "x|y", "\u007f"))),
            Gen.Select(Gen.Long[0, 3], Gen.Nullable(Gen.Long[0, 2]), Gen.Nullable(Gen.Int[739_000, 739_001])),
            Gen.Select(Gen.Int[-2, 2], Gen.Bool, Gen.OneOf(-1.5, -0.1, 0.1, 1e300), Gen.Enum<Level>()),
            Gen.Select(Gen.Nullable(Gen.Int[8, 9]), Gen.Nullable(Gen.Bool), Gen.Nullable(Gen.Enum<Level>()), Gen.Nullable(Gen.OneOf(Guid.Empty, Guid.AllBitsSet))))
        .Select((id, numbers, texts, times, rest, more) => new Item
        {
            Id = id,
            Rank = numbers.Item1,
            Score = numbers.Item2,
            Label = texts.Item1,
            Note = texts.Item2,
            CreatedAt = DateTime.UnixEpoch.AddTicks(times.Item1 * _table.Tick),
            SeenAt = times.Item2 is { } seen ? DateTimeOffset.UnixEpoch.AddTicks(seen * _table.Tick) : null,
            Due = times.Item3 is { } due ? DateOnly.FromDayNumber(due) : null,
            Price = rest.Item1 / 4m,
            Done = rest.Item2,
            Weight = rest.Item3,
            Level = rest.Item4,
            Opens = more.Item1 is { } hour ? new TimeOnly(hour, 30) : null,
            Checked = more.Item2,
            Reviewed = more.Item3,
            Parent = more.Item4,
        })
        .Array[minimum, maximum];

    private async Task<Page<Item>> ReadAsync(int batch, PageRequest request)
    {
        var plan = _pager.Plan(_table.Order, request, TestPagers.Scope, _table.Dialect);
        Assert.Null(plan.Error);
        return await _table.ReadAsync(plan, batch);
    }

    private async Task<List<Page<Item>>> WalkAsync(int batch, PageRequest request, Func<PageInfo, string?> onward, Func<Task>? between = null)
    {
        var pages = new List<Page<Item>>();
        do
        {
            pages.Add(await ReadAsync(batch, request));
            Assert.True(pages.Count < 100, "The walk does not end.");
            request = request with { Cursor = onward(pages[^1].Pagination) };
            await (between?.Invoke() ?? Task.CompletedTask);
        }
        while (request.Cursor is not null);

        return pages;
    }
}

public sealed class SqlitePageWalkTests : PageWalkContract
{
    private protected override Task<ItemTable> CreateTableAsync() => SqliteItemTable.CreateAsync();
}

public sealed class PostgresPageWalkTests : PageWalkContract
{
    private protected override Task<ItemTable> CreateTableAsync() => PostgresItemTable.CreateAsync();
}

public sealed class EfPostgresPageWalkTests : PageWalkContract
{
    private protected override Task<ItemTable> CreateTableAsync() => EfItemTable.CreatePostgresAsync();
}

public sealed class EfSqlitePageWalkTests : PageWalkContract
{
    private protected override Task<ItemTable> CreateTableAsync() => EfItemTable.CreateSqliteAsync();
}

public sealed class MemoryPageWalkTests : PageWalkContract
{
    private protected override Task<ItemTable> CreateTableAsync() => Task.FromResult<ItemTable>(new MemoryItemTable());
}
