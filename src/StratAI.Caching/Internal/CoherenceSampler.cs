namespace StratAI.Caching.Internal;

/// <summary>
/// Asks the shared level of some hits in L1 whether what they served had been invalidated by then. One question at a time; what comes meanwhile is
/// not asked, so that the sampler never queues.
/// </summary>
internal sealed class CoherenceSampler(ISharedLevel shared, CacheMetrics metrics)
{
    private int _asking;

    public void Sample(string key, LocalEntry entry)
    {
        if (Interlocked.Exchange(ref _asking, 1) == 0)
        {
            _ = AskAsync(key, entry);
        }
    }

    private async Task AskAsync(string key, LocalEntry entry)
    {
        try
        {
            if (await shared.VerifyAsync(key, entry.Tags, entry.Stamp).ConfigureAwait(false) is { } current)
            {
                metrics.Sampled(current);
            }
        }
        finally
        {
            Volatile.Write(ref _asking, 0);
        }
    }
}
