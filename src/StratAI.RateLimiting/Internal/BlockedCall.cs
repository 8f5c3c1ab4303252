namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Calls of which some policies take permits in advance. What an instance has is spent first; for what is missing Redis is asked, together with
/// the call's other checks, all or nothing as ever.
/// </summary>
internal sealed class BlockedCall(LocalTable<PermitBlock> blocks, DistributedLimiter limiter, KeyHasher hasher, TimeProvider time)
{
    private static readonly IComparer<LimitRequest> Order = Comparer<LimitRequest>.Create(
        (x, y) => string.CompareOrdinal(x.Policy.Name, y.Policy.Name) is var order and not 0 ? order : string.CompareOrdinal(x.KeyText, y.KeyText));

    public static bool Applies(ReadOnlySpan<LimitRequest> requests)
    {
        foreach (ref readonly var request in requests)
        {
            if (IsBlocked(request))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>The statuses, if what this instance has suffices for the whole call.</returns>
    public RateLimitStatus[]? TryTake(LimitRequest[] requests)
    {
        var own = new PermitBlock.Taken[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            if (IsBlocked(requests[i]) && blocks.TryGet(requests[i], out var block) && block.TryTake(requests[i].Cost) is { } taken)
            {
                own[i] = taken;
                continue;
            }

            Return(requests, own.AsSpan(0, i));
            return null;
        }

        return Array.ConvertAll(own, taken => taken.Status);
    }

    /// <returns>The answer; <see langword="null"/> when Redis gave none.</returns>
    public async ValueTask<(bool Acquired, RateLimitStatus[] Statuses)?> AcquireAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        var own = new PermitBlock.Taken?[requests.Length];
        var filling = new List<PermitBlock>();
        var acquired = false;
        try
        {
            await TakeAsync(requests, own, filling, cancellationToken).ConfigureAwait(false);
            var statuses = Array.ConvertAll(own, taken => taken?.Status!);
            var missing = Enumerable.Range(0, requests.Length).Where(i => own[i] is null).ToArray();
            if (missing.Length == 0)
            {
                acquired = true;
                return (true, statuses);
            }

            var askedAt = time.GetTimestamp();
            var asked = Array.ConvertAll(missing, i => requests[i].Hashed(hasher));
            if (await limiter.TryAcquireAsync(asked, cancellationToken).ConfigureAwait(false) is not { } reply)
            {
                return null;
            }

            acquired = reply.Acquired;
            for (var i = 0; i < asked.Length; i++)
            {
                statuses[missing[i]] = Decisions.Status(asked[i], reply.Buckets[i]);
                if (!IsBlocked(asked[i]) || !blocks.TryGet(asked[i], out var block))
                {
                    continue;
                }

                if (acquired)
                {
                    statuses[missing[i]] = block.Put(asked[i], reply.Buckets[i], askedAt);
                }
                else if (reply.Buckets[i].Taken != BucketView.GivenBack)
                {
                    block.Keep(asked[i]);
                }
            }

            return (acquired, statuses);
        }
        finally
        {
            if (!acquired)
            {
                Return(requests, own);
            }

            filling.ForEach(block => block.Filling.Release());
        }
    }

    private static bool IsBlocked(in LimitRequest request) =>
        request.Wanted > 0 && request.Policy.BlockSize > 1 && request.Rules.IsCounted && !request.Policy.IsShadow;

    /// <summary>Takes what there is, and the right to fill the blocks that have too little: in one order, as calls that wait for each other would for ever.</summary>
    private async Task TakeAsync(LimitRequest[] requests, PermitBlock.Taken?[] own, List<PermitBlock> filling, CancellationToken cancellationToken)
    {
        foreach (var i in Enumerable.Range(0, requests.Length).Where(i => IsBlocked(requests[i])).OrderBy(i => requests[i], Order))
        {
            if (blocks.GetOrAdd(requests[i], () => new(time)) is not { } block)
            {
                // No room to keep what would be left of a block.
                requests[i] = requests[i] with { Wanted = requests[i].Cost };
                continue;
            }

            own[i] = block.TryTake(requests[i].Cost);
            if (own[i] is null)
            {
                await block.Filling.WaitAsync(cancellationToken).ConfigureAwait(false);
                filling.Add(block);
                own[i] = block.TryTake(requests[i].Cost);
                requests[i] = own[i] is null ? block.Fill(requests[i]) : requests[i];
            }
        }
    }

    private void Return(LimitRequest[] requests, ReadOnlySpan<PermitBlock.Taken?> own)
    {
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i] is { } taken && blocks.TryGet(requests[i], out var block))
            {
                block.Return(requests[i].Cost, taken.Segment);
            }
        }
    }
}
