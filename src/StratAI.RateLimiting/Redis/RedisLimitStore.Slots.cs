using StackExchange.Redis;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Redis;

/// <summary>Calls over several slots of a cluster.</summary>
internal sealed partial class RedisLimitStore
{
    private async Task<LimitReply> AcquireOverSlotsAsync(IDatabase database, LimitRequest[] requests)
    {
        var groups = Enumerable.Range(0, requests.Length).GroupBy(i => requests[i].Key.Group).Select(group => group.ToArray()).ToArray();
        var calls = Array.ConvertAll(groups, group => EvaluateAsync(database, Array.ConvertAll(group, i => requests[i])));
        await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        var acquired = Array.TrueForAll(calls, call => call is { IsCompletedSuccessfully: true, Result.Acquired: true });
        var views = new BucketView[requests.Length];
        for (var g = 0; g < groups.Length; g++)
        {
            if (!calls[g].IsCompletedSuccessfully)
            {
                continue;
            }

            var reply = await calls[g].ConfigureAwait(false);
            for (var i = 0; i < groups[g].Length; i++)
            {
                views[groups[g][i]] = reply.Buckets[i];
            }

            if (reply.Acquired && !acquired)
            {
                await ReturnAsync(database, Array.ConvertAll(groups[g], i => requests[i]), reply.Buckets).ConfigureAwait(false);
                foreach (var i in groups[g])
                {
                    views[i] = views[i] with { Remaining = views[i].Remaining + views[i].Taken, Taken = BucketView.GivenBack };
                }
            }
        }

        // A slot that gave no answer makes the whole an outage, after what the others took has been given back.
        await Task.WhenAll(calls).ConfigureAwait(false);
        return new(acquired, views);
    }

    private async Task ReturnAsync(IDatabase database, LimitRequest[] requests, BucketView[] views)
    {
        var holds = Array.FindAll(requests, request => request.Hold is { Id.Length: > 0 });
        if (holds.Length > 0)
        {
            await EvaluateAsync(database, Array.ConvertAll(holds, hold => hold with { Hold = hold.Hold! with { Amount = 0, IsForced = true } })).ConfigureAwait(false);
        }

        var keys = new List<RedisKey>();
        var values = new List<RedisValue>();
        for (var i = 0; i < requests.Length; i++)
        {
            var (rules, taken) = (requests[i].Rules, views[i].Taken);
            if (taken == 0 || rules.IsHeld)
            {
                continue;
            }

            keys.Add(_keys.Of(requests[i].Key, rules.Kind));
            values.AddRange([rules.Kind, views[i].NowMicros, rules.Gcra?.Charge(taken).Micros ?? taken, rules.SegmentMicros]);
        }

        if (keys.Count > 0)
        {
            await ReturnScript.Script.EvaluateAsync(database, [.. keys], [.. values]).ConfigureAwait(false);
        }
    }
}
