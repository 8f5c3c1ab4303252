namespace StratAI.Pagination.Tests.Engines;

/// <summary>The table as an application's own tests may have it: a list, queried by LINQ to Objects.</summary>
internal sealed class MemoryItemTable : ItemTable
{
    // LINQ to Objects compares texts by the culture.
    private static readonly string[] Fields = [.. ItemOrder.Fields.Except(["label", "folded", "note"])];

    private readonly List<(int Batch, Item Item)> _items = [];

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override PageOrder<Item> Order { get; } = ItemOrder.Create(Fields, TextCollation.Column);

    public override long Tick => 1;

    public override Task<Page<Item>> ReadAsync(PagePlan<Item> plan, int batch, int? rank = null) =>
        plan.QueryAsync(Of(batch).Where(item => rank == null || item.Rank == rank));

    public override Task<IReadOnlyDictionary<int, Page<Item>>> ReadAsync(PageBatch<Item, int> lists, int batch) =>
        lists.QueryAsync(Of(batch), item => item.Rank);

    public override Task InsertAsync(int batch, IEnumerable<Item> items)
    {
        _items.AddRange(items.Select(item => (batch, item)));
        return Task.CompletedTask;
    }

    public override Task DeleteAsync(int batch, IEnumerable<Item> items)
    {
        _items.RemoveAll(each => each.Batch == batch && items.Contains(each.Item));
        return Task.CompletedTask;
    }

    public override Task FillAsync(int batch, int count) =>
        InsertAsync(batch, Enumerable.Range(0, count).Select(_ => new Item { Id = Guid.NewGuid() }));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IQueryable<Item> Of(int batch) => _items.Where(each => each.Batch == batch).Select(each => each.Item).AsQueryable();
}
