namespace StratAI.Pagination.Tests.Engines;

/// <summary>A table of items in a real engine. Batches keep a property's cases apart.</summary>
internal abstract class ItemTable : IAsyncDisposable
{
    private int _batches;

    public abstract SqlDialect Dialect { get; }

    public abstract PageOrder<Item> Order { get; }

    /// <summary>The least difference of times that the engine keeps.</summary>
    public abstract long Tick { get; }

    public int NewBatch() => _batches++;

    /// <param name="plan">The page.</param>
    /// <param name="batch">Of which rows.</param>
    /// <param name="rank">Only those of this rank.</param>
    public abstract Task<Page<Item>> ReadAsync(PagePlan<Item> plan, int batch, int? rank = null);

    /// <summary>The first rows of each rank.</summary>
    public abstract Task<IReadOnlyDictionary<int, Page<Item>>> ReadAsync(PageBatch<Item, int> lists, int batch);

    public abstract Task InsertAsync(int batch, IEnumerable<Item> items);

    public abstract Task DeleteAsync(int batch, IEnumerable<Item> items);

    /// <summary>Adds as many rows as the number says, alike but for their ids.</summary>
    public abstract Task FillAsync(int batch, int count);

    public abstract ValueTask DisposeAsync();
}
