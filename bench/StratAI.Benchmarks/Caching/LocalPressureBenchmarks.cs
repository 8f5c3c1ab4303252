using System.Globalization;
using BenchmarkDotNet.Attributes;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Caching.Memory;

namespace StratAI.Benchmarks.Caching;

/// <summary>
/// New keys into an L1 that is full, each read back: what a bounded <see cref="Microsoft.Extensions.Caching.Memory.MemoryCache"/> costs and refuses beside
/// <see cref="ConcurrentLru{K,V}"/>. How many were still there when read back is written at the end.
/// </summary>
public class LocalPressureBenchmarks
{
    private const int Capacity = 10_000;

    private readonly string[] _keys = [.. Enumerable.Range(0, 4 * Capacity).Select(key => $"key-{key}")];
    private readonly MemoryCache _memory = new(new MemoryCacheOptions { SizeLimit = Capacity });
    private readonly ConcurrentLru<string, Article> _lru = new(Capacity);
    private long _sets;
    private long _kept;

    [GlobalCleanup]
    public void Cleanup()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"// Read back right after: {_kept} of {_sets}, {(double)_kept / _sets:P1}"));
        _memory.Dispose();
    }

    [Benchmark(Baseline = true)]
    public bool MemoryCacheWithSizeLimit()
    {
        var key = NextKey();
        using (var entry = _memory.CreateEntry(key))
        {
            (entry.Value, entry.Size) = (Article.Sample, 1);
        }

        return Count(_memory.TryGetValue(key, out _));
    }

    [Benchmark]
    public bool ConcurrentLru()
    {
        var key = NextKey();
        _lru.AddOrUpdate(key, Article.Sample);
        return Count(_lru.TryGet(key, out _));
    }

    private string NextKey() => _keys[_sets++ % _keys.Length];

    private bool Count(bool found)
    {
        _kept += found ? 1 : 0;
        return found;
    }
}
