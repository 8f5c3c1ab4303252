namespace StratAI.Caching.Tests.Coherence;

internal static class ModelOptions
{
    /// <summary>Times at which a run of few steps meets each of them.</summary>
    public static void Configure(CachingOptions options)
    {
        options.MaximumStaleness = CoherenceRun.Bound;
        options.FactoryWait = TimeSpan.FromSeconds(4);
        options.RedisTimeout = TimeSpan.FromSeconds(1.5);
    }

    /// <summary>Waits until nodes whose link works have nothing to do before the clock moves on.</summary>
    public static async Task IdleAsync(this IEnumerable<ModelNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.Link.IsUp)
            {
                await node.Level.IdleAsync().WaitAsync(TimeSpan.FromSeconds(10));
            }
        }
    }
}
