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

    public abstract Task<Page<Item>> ReadAsync(PagePlan<Item> plan, int batch);

    public abstract Task InsertAsync(int batch, IEnumerable<Item> items);

    public abstract Task DeleteAsync(int batch, IEnumerable<Item> items);

    /// <summary>Adds as many rows as the number says, alike but for their ids.</summary>
    public abstract Task FillAsync(int batch, int count);

    public abstract ValueTask DisposeAsync();
}
