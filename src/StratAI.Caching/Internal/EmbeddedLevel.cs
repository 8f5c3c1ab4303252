namespace StratAI.Caching.Internal;

/// <summary>The shared level of a cache that lives in one process: there is nothing to share but the order of invalidations.</summary>
internal sealed class EmbeddedLevel(LocalLevel local, CacheMetrics metrics) : ISharedLevel
{
    public bool IsDistributed => false;

    public string? Impairment => null;

    public bool TrustsLocal(long now) => true;

    public bool IsInDoubt(string key, string[] tags) => false;

    public ValueTask<SharedRead> ReadAsync(string key, Stamp begun, CancellationToken cancellationToken) => new(new SharedRead(Reached: true, local.Now));

    public ValueTask<FillResult> FillAsync(string key, Content content, TimeSpan expiration, Stamp stamp) => new(FillResult.NotStored);

    public ValueTask<Stamp?> SetAsync(string key, Content content, TimeSpan expiration)
    {
        var stamp = Advance();
        local.InvalidateKey(key, stamp.Sequence);
        return new(stamp);
    }

    public ValueTask RemoveAsync(IReadOnlyList<string> keys)
    {
        var sequence = Advance().Sequence;
        foreach (var key in keys)
        {
            local.InvalidateKey(key, sequence);
        }

        return default;
    }

    public ValueTask RemoveByTagAsync(IReadOnlyList<string> tags)
    {
        var sequence = Advance().Sequence;
        foreach (var tag in tags)
        {
            local.InvalidateTag(tag, sequence);
        }

        return default;
    }

    public ValueTask RemoveAllAsync()
    {
        local.Flush(Advance().Sequence);
        return default;
    }

    public ValueTask DisposeAsync() => default;

    private Stamp Advance()
    {
        metrics.Invalidation("made");
        return local.Advance();
    }
}
