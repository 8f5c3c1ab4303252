namespace StratAI.Caching.Internal;

/// <summary>The shared level of a cache that lives in one process: there is nothing to share but the order of invalidations.</summary>
internal sealed class EmbeddedLevel(LocalLevel local, CacheMetrics metrics) : ISharedLevel
{
    public bool IsDistributed => false;

    public string? Impairment => null;

    public bool IsInDoubt(string key, string[] tags) => false;

    public ValueTask<SharedRead> ReadAsync(string key, Stamp begun, bool strict, CancellationToken cancellationToken) => new(Miss());

    public ValueTask<SharedRead[]> ReadManyAsync(IReadOnlyList<string> keys, Stamp begun, CancellationToken cancellationToken)
    {
        var reads = new SharedRead[keys.Count];
        Array.Fill(reads, Miss());
        return new(reads);
    }

    // One process is one flight.
    public ValueTask<Claim> ClaimAsync(string key, Stamp begun, TimeSpan atLeast, TimeSpan patience, CancellationToken cancellationToken) =>
        new(new Claim(Miss(), IsHit: false, Lease: null));

    public ValueTask<FillResult> FillAsync(string key, Content content, EntryPolicy policy, Stamp stamp) => new(FillResult.NotStored);

    public ValueTask<bool?> VerifyAsync(string key, string[] tags, Stamp stamp) => new((bool?)null);

    public ValueTask<long> FloorOfAsync(string session) => new(0L);

    public ValueTask<Stamp?> SetAsync(string key, Content content, EntryPolicy policy)
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

    private SharedRead Miss() => new(Reached: true, local.Now);

    private Stamp Advance()
    {
        metrics.Invalidation("made");
        return local.Advance();
    }
}
