namespace StratAI.Benchmarks.Caching;

/// <summary>A cache whose changes another process waits to see.</summary>
internal interface IVisibleCache : IAsyncDisposable
{
    ValueTask SetAsync(string key, string value);

    ValueTask RemoveAsync(string key);

    /// <summary>Reads from L2 into L1.</summary>
    ValueTask LoadAsync(string key);

    /// <summary>What L1 alone holds, or null.</summary>
    ValueTask<string?> PeekAsync(string key);
}
