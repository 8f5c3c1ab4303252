using BenchmarkDotNet.Attributes;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>What a page of 50 costs behind 900,000 rows, over what the first one costs.</summary>
public class DepthBenchmarks
{
    private const int Depth = 900_000;

    private TaskTable _table = null!;
    private PackagePages _pages = null!;
    private string _cursor = "";

    /// <summary>One direction, both directions, and a nullable key.</summary>
    [Params("-createdAt", "-priority,createdAt", "-dueDate")]
    public string Sort { get; set; } = "";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _table = await TaskTable.CreateAsync();
        _pages = new(_table.Source);
        _cursor = await _pages.CursorAtAsync(Sort, Depth);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _table.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<int> FirstPage() => _pages.WriteAsync(new PageRequest { Sort = Sort });

    [Benchmark]
    public Task<int> DeepPage() => _pages.WriteAsync(new PageRequest { Sort = Sort, Cursor = _cursor });

    [Benchmark]
    public Task<int> DeepOffset() => _pages.WriteAsync(new PageRequest { Sort = Sort, Offset = Depth });
}
