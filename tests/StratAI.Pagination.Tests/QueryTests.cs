using Microsoft.EntityFrameworkCore;
using StratAI.Pagination.Tests.Engines;

namespace StratAI.Pagination.Tests;

/// <summary>What of Entity Framework Core lies beside the walk of a plain list: related rows, projections, counts without a row.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private static readonly PageOrder<Board> Order = PageOrder<Board>.Create(order => order
        .Key("rank", board => board.Rank).Key("due", board => board.Due, nullable: true).TieBreaker("id", board => board.Id).Default("-rank"));

    private readonly Pager _pager = TestPagers.Create();
    private ScratchDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await ScratchDatabase.CreateAsync();
        await using var context = Open();
        await context.Database.EnsureCreatedAsync();
        context.Boards.AddRange(Enumerable.Range(1, 9).Select(id => new Board
        {
            Id = id,
            Rank = id % 2,
            Due = id % 3 == 0 ? null : new DateOnly(2026, 1, id),
            Cards = [.. Enumerable.Range(0, id % 3).Select(card => new Card { Text = $"{id}.{card}" })],
        }));
        await context.SaveChangesAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("-rank", CountMode.None)]
    [InlineData("-rank", CountMode.Exact)]
    [InlineData("due,-rank", CountMode.Capped)]
    [InlineData("-due", CountMode.Estimated)]
    public async Task A_query_that_includes_collections_is_paged_too(string sort, CountMode count)
    {
        await using var context = Open();
        var boards = context.Boards.AsNoTracking().Include(board => board.Cards);

        var seen = await WalkAsync(boards, new PageRequest { Sort = sort, Limit = 2, Count = count }, page => page.NextCursor);
        var plain = await WalkAsync(context.Boards.AsNoTracking(), new PageRequest { Sort = sort, Limit = 4 }, page => page.NextCursor);

        Assert.Equal(plain.SelectMany(page => page.Data).Select(board => board.Id), seen.SelectMany(page => page.Data).Select(board => board.Id));
        Assert.All(seen.SelectMany(page => page.Data), board => Assert.Equal(board.Id % 3, board.Cards.Count));
        Assert.All(seen, page => Assert.Equal(count == CountMode.None ? null : 9L, page.Pagination.Total));
        var back = await WalkAsync(boards, new PageRequest { Sort = sort, Limit = 3, Cursor = seen[^1].Pagination.PrevCursor }, page => page.PrevCursor);
        Assert.Equal(plain.SelectMany(page => page.Data).Select(board => board.Id).Take(8), back.AsEnumerable().Reverse().SelectMany(page => page.Data).Select(board => board.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_empty_page_knows_the_total(bool includes)
    {
        await using var context = Open();
        var boards = includes ? context.Boards.Include(board => board.Cards) : context.Boards.AsQueryable();

        Assert.Equal(9, (await ReadAsync(boards, new PageRequest { Offset = 100, Count = CountMode.Exact })).Pagination.Total);
        Assert.Equal(0, (await ReadAsync(boards.Where(board => board.Rank > 5), new PageRequest { Offset = 0, Count = CountMode.Exact })).Pagination.Total);
    }

    [Fact]
    public async Task A_projection_is_paged_by_what_it_is_made_of()
    {
        var order = PageOrder<BoardSummary>.Create(build => build
            .Key("cards", board => board.Cards).Key("rank", board => board.Rank).TieBreaker("id", board => board.Id).Default("-cards"));
        await using var context = Open();
        var summaries = context.Boards.Select(board => new BoardSummary { Id = board.Id, Rank = board.Rank, Cards = board.Cards.Count });
        var ids = new List<int>();
        var request = new PageRequest { Sort = "-cards,rank", Limit = 2, Count = CountMode.Exact };
        do
        {
            var page = await _pager.Plan(order, request, TestPagers.Scope, SqlDialect.PostgreSql).QueryAsync(summaries);
            Assert.Equal(9, page.Pagination.Total);
            ids.AddRange(page.Data.Select(board => board.Id));
            request = request with { Cursor = page.Pagination.NextCursor };
        }
        while (request.Cursor is not null);

        Assert.Equal([2, 8, 5, 4, 1, 7, 6, 3, 9], ids);
    }

    [Fact]
    public async Task Tracking_and_a_tracked_row_stay_the_callers_choice()
    {
        await using var context = Open();

        var page = await ReadAsync(context.Boards, new PageRequest { Limit = 2, Count = CountMode.Exact });

        Assert.Equal(page.Data, context.ChangeTracker.Entries<Board>().Select(entry => entry.Entity).Where(page.Data.Contains));
    }

    [Fact]
    public async Task A_provider_that_would_block_a_thread_is_refused()
    {
        var blocking = new BlockingQuery<Board>(Array.Empty<Board>().AsQueryable());

        await Assert.ThrowsAsync<NotSupportedException>(() => ReadAsync(blocking, new PageRequest()));
    }

    [Fact]
    public async Task A_query_can_be_cancelled()
    {
        await using var context = Open();
        var plan = _pager.Plan(Order, new PageRequest(), TestPagers.Scope, SqlDialect.PostgreSql);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plan.QueryAsync(context.Boards, new CancellationToken(canceled: true)));
    }

    private BoardContext Open() => new(new DbContextOptionsBuilder<BoardContext>().UseNpgsql(_database.Source).Options);

    private Task<Page<Board>> ReadAsync(IQueryable<Board> boards, PageRequest request) =>
        _pager.Plan(Order, request, TestPagers.Scope, SqlDialect.PostgreSql).QueryAsync(boards);

    private async Task<List<Page<Board>>> WalkAsync(IQueryable<Board> boards, PageRequest request, Func<PageInfo, string?> onward)
    {
        var pages = new List<Page<Board>>();
        do
        {
            pages.Add(await ReadAsync(boards, request));
            request = request with { Cursor = onward(pages[^1].Pagination) };
        }
        while (request.Cursor is not null);

        return pages;
    }

    internal sealed class Board
    {
        public int Id { get; init; }

        public int Rank { get; init; }

        public DateOnly? Due { get; init; }

        public List<Card> Cards { get; init; } = [];
    }

    internal sealed class Card
    {
        public int Id { get; init; }

        public string Text { get; init; } = "";
    }

    private sealed class BoardSummary
    {
        public int Id { get; init; }

        public int Rank { get; init; }

        public int Cards { get; init; }
    }

    internal sealed class BoardContext(DbContextOptions<BoardContext> options) : DbContext(options)
    {
        public DbSet<Board> Boards => Set<Board>();
    }

    private sealed class BlockingQuery<T>(IQueryable<T> inner) : IOrderedQueryable<T>, IQueryProvider
    {
        public Type ElementType => inner.ElementType;

        public System.Linq.Expressions.Expression Expression => inner.Expression;

        public IQueryProvider Provider => this;

        public IEnumerator<T> GetEnumerator() => throw new InvalidOperationException("The query was run.");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public IQueryable CreateQuery(System.Linq.Expressions.Expression expression) => throw new InvalidOperationException();

        public IQueryable<TElement> CreateQuery<TElement>(System.Linq.Expressions.Expression expression) =>
            new BlockingQuery<TElement>(inner.Provider.CreateQuery<TElement>(expression));

        public object? Execute(System.Linq.Expressions.Expression expression) => throw new InvalidOperationException();

        public TResult Execute<TResult>(System.Linq.Expressions.Expression expression) => throw new InvalidOperationException();
    }
}
