using BenchmarkDotNet.Attributes;
using Microsoft.EntityFrameworkCore;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>The same page, 900,000 rows deep, to the same JSON: by hand, through the package and through Entity Framework Core.</summary>
public class PeerBenchmarks
{
    private const int Depth = 900_000;
    private const int Limit = 50;

    private TaskTable _table = null!;
    private PackagePages _pages = null!;
    private HandPages _hand = null!;
    private DbContextOptions<TaskContext> _options = null!;
    private string _cursor = "";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _table = await TaskTable.CreateAsync();
        _pages = new(_table.Source);
        _hand = await HandPages.CreateAsync(_table.Source, _pages, Depth);
        _options = new DbContextOptionsBuilder<TaskContext>().UseNpgsql(_table.Source).Options;
        _cursor = await _pages.CursorAtAsync("-createdAt", Depth);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _table.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<int> ByHand() => _hand.WriteAsync();

    [Benchmark]
    public Task<int> Package() => _pages.WriteAsync(new PageRequest { Cursor = _cursor });

    [Benchmark]
    public async Task<int> EfCoreByHand()
    {
        var (createdAt, id) = HandPages.Decode(_hand.Cursor);
        await using var context = new TaskContext(_options);
        return _pages.Write(HandPages.Envelope(await context.Tasks.AsNoTracking().Where(task => task.OwnerId == 1)
            .Where(task => task.CreatedAt < createdAt || (task.CreatedAt == createdAt && task.Id.CompareTo(id) < 0))
            .OrderByDescending(task => task.CreatedAt).ThenByDescending(task => task.Id).Take(Limit + 1).ToListAsync()));
    }

    [Benchmark]
    public async Task<int> EfCoreThroughPackage()
    {
        await using var context = new TaskContext(_options);
        return await _pages.QueryAsync(context, new PageRequest { Cursor = _cursor });
    }

    [Benchmark]
    public async Task<int> EfCoreSkipTake()
    {
        await using var context = new TaskContext(_options);
        return _pages.Write(HandPages.Envelope(await context.Tasks.AsNoTracking().Where(task => task.OwnerId == 1)
            .OrderByDescending(task => task.CreatedAt).ThenByDescending(task => task.Id).Skip(Depth).Take(Limit + 1).ToListAsync()));
    }
}
