using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>The table through Entity Framework Core, in a schema or file of its own.</summary>
internal sealed class EfItemTable : ItemTable
{
    // Its provider for SQLite has no order for instants with an offset.
    private static readonly string[] SqliteFields = [.. ItemOrder.Fields.Where(field => field != "seenAt")];

    private readonly DbContextOptions<ItemContext> _options;
    private readonly IAsyncDisposable _held;

    private EfItemTable(SqlDialect dialect, DbContextOptions<ItemContext> options, IAsyncDisposable held)
    {
        (Dialect, _options, _held) = (dialect, options, held);
        Order = ItemOrder.Create(dialect == SqlDialect.Sqlite ? SqliteFields : ItemOrder.Fields, TextCollation.Column);
    }

    public override SqlDialect Dialect { get; }

    public override PageOrder<Item> Order { get; }

    public override long Tick => Dialect == SqlDialect.PostgreSql ? TimeSpan.TicksPerMicrosecond : 1;

    public static async Task<ItemTable> CreateSqliteAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        return await CreateAsync(SqlDialect.Sqlite, new DbContextOptionsBuilder<ItemContext>().UseSqlite(connection), connection);
    }

    public static async Task<ItemTable> CreatePostgresAsync()
    {
        var database = await ScratchDatabase.CreateAsync();
        return await CreateAsync(SqlDialect.PostgreSql, new DbContextOptionsBuilder<ItemContext>().UseNpgsql(database.Source), database);
    }

    public ItemContext Open() => new(_options);

    public override async Task<Page<Item>> ReadAsync(PagePlan<Item> plan, int batch, int? rank = null)
    {
        await using var context = Open();
        return await plan.QueryAsync(Of(context, batch).Where(item => rank == null || item.Rank == rank));
    }

    public override async Task<IReadOnlyDictionary<int, Page<Item>>> ReadAsync(PageBatch<Item, int> lists, int batch)
    {
        await using var context = Open();
        return await lists.QueryAsync(Of(context, batch), item => item.Rank);
    }

    public override async Task InsertAsync(int batch, IEnumerable<Item> items)
    {
        await using var context = Open();
        foreach (var item in items)
        {
            context.Add(item).Property("Batch").CurrentValue = batch;
        }

        await context.SaveChangesAsync();
    }

    public override async Task DeleteAsync(int batch, IEnumerable<Item> items)
    {
        var ids = items.Select(item => item.Id).ToArray();
        await using var context = Open();
        await Of(context, batch).Where(item => ids.Contains(item.Id)).ExecuteDeleteAsync();
    }

    public override Task FillAsync(int batch, int count) =>
        InsertAsync(batch, Enumerable.Range(0, count).Select(_ => new Item { Id = Guid.NewGuid(), CreatedAt = DateTime.UnixEpoch }));

    public override ValueTask DisposeAsync() => _held.DisposeAsync();

    private static async Task<ItemTable> CreateAsync(SqlDialect dialect, DbContextOptionsBuilder<ItemContext> options, IAsyncDisposable held)
    {
        var table = new EfItemTable(dialect, options.Options, held);
        await using var context = table.Open();
        await context.Database.EnsureCreatedAsync();
        return table;
    }

    private static IQueryable<Item> Of(ItemContext context, int batch) =>
        context.Items.AsNoTracking().Where(item => EF.Property<int>(item, "Batch") == batch);
}

internal sealed class ItemContext(DbContextOptions<ItemContext> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var collation = Database.IsNpgsql() ? "C" : "BINARY";
        modelBuilder.Entity<Item>(item =>
        {
            // Only what is rounded is compared with the row as it was inserted; a time of SQLite comes back without its kind.
            item.Property(each => each.CreatedAt).HasConversion(time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
            item.Property(each => each.Label).UseCollation(collation);
            item.Property(each => each.Note).UseCollation(collation);
            item.Property<int>("Batch");
            item.HasKey("Batch", nameof(Item.Id));
        });
    }
}
