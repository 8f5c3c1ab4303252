using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

/// <summary>Reading and storing bytes in two calls, for values that are not made by a factory in between.</summary>
internal sealed partial class CoherentHybridCache
{
    /// <summary>The entry's bytes. It takes no cancellation, as callers share its outcome; the shared level's own deadline bounds it.</summary>
    public async ValueTask<RawRead> ReadRawAsync(string key)
    {
        var stamp = local.Now;
        var (policy, floor) = await ForScopeAsync(_default).ConfigureAwait(false);
        var (now, doubts) = (clock.Now, local.HasDoubts);
        if (policy.ReadsLocal && now < local.TrustedUntil && local.TryGet(key, now, out var entry) && entry.Stamp.Sequence >= floor
            && TryUse<RawValue>(key, entry, doubts, out var kept))
        {
            metrics.Request(RequestOutcome.Local);
            return new(kept.Bytes, stamp, Reached: true);
        }

        var reached = true;
        if (policy.ReadsShared && !shared.IsInDoubt(key, []))
        {
            var read = await shared.ReadAsync(key, stamp, strict: floor > 0, CancellationToken.None).ConfigureAwait(false);
            (reached, stamp) = (read.Reached, read.Reached ? read.Stamp : stamp);
            if (read.Content is { IsNull: false } found && read.Remaining > TimeSpan.Zero && !shared.IsInDoubt(key, found.Tags))
            {
                var bytes = found.Body.ToArray();
                KeepLocal(key, new RawValue(bytes), found, stamp, Lifetime.From(clock, policy, read.Remaining, TimeSpan.Zero));

                // A caller may have joined this read after an invalidation that came while it was under way, or when L1 was not trusted any more.
                if (local.IsCurrent(stamp, found.Tags) && (!read.ByTrust || clock.Now < local.TrustedUntil))
                {
                    metrics.Request(RequestOutcome.Shared);
                    return new(bytes, stamp, reached);
                }
            }
        }

        metrics.Request(RequestOutcome.Absent);
        return new(null, local.Now, reached);
    }

    /// <summary>Stores bytes made since <paramref name="stamp"/>, unless the key or a tag was invalidated after it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bytes">The bytes, which nobody changes any more.</param>
    /// <param name="expiration">How long they live.</param>
    /// <param name="tags">Their tags.</param>
    /// <param name="stamp">The <see cref="RawRead.Stamp"/> of the miss, or a stamp taken before they began to be made.</param>
    /// <param name="reached">Whether the shared level answered a moment ago; else it is not asked to store.</param>
    public async ValueTask FillRawAsync(string key, byte[] bytes, TimeSpan expiration, string[] tags, Stamp stamp, bool reached)
    {
        var policy = EntryPolicy.From(new HybridCacheEntryOptions { Expiration = expiration }, Options);
        if (!IsCacheable(key, policy, tags))
        {
            return;
        }

        if (bytes.Length > Options.MaximumPayloadBytes)
        {
            logger.PayloadTooLarge(bytes.Length, Options.MaximumPayloadBytes);
            return;
        }

        var content = new Content(bytes, IsNull: false, tags);
        var filled = reached && !shared.IsInDoubt(key, tags)
            ? await shared.FillAsync(key, content, policy, stamp).ConfigureAwait(false)
            : FillResult.NotStored;
        if (filled != FillResult.Stale)
        {
            KeepLocal(key, new RawValue(bytes), content, stamp, Lifetime.From(clock, policy, policy.Expiration, policy.FailSafe));
        }
    }
}
