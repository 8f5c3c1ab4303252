using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

internal sealed partial class RedisLevel
{
    public async ValueTask<Stamp?> SetAsync(string key, Content content, EntryPolicy policy)
    {
        var begun = _local.Now;
        var (session, remember) = Session();
        var (head, rest) = Write(content, policy);
        RedisValue[] values = [remember, InvalidationMessage.Body(InvalidationKind.Keys, [key]), head, rest, Milliseconds(policy.Kept), key];
        var result = await _calls.TryRunAsync("set", Scripts.Set, [session, Records.Entry(key)], values).ConfigureAwait(false);
        return Apply(InvalidationKind.Keys, [key], begun, result);
    }

    public ValueTask RemoveAsync(IReadOnlyList<string> keys) => InvalidateAsync(InvalidationKind.Keys, keys);

    public ValueTask RemoveByTagAsync(IReadOnlyList<string> tags) => InvalidateAsync(InvalidationKind.Tags, tags);

    public ValueTask RemoveAllAsync() => InvalidateAsync(InvalidationKind.All, [CacheNames.AllTag]);

    public async ValueTask<long> FloorOfAsync(string session)
    {
        var result = await _calls.TryRunAsync("session", Scripts.Session, [Records.Session(session)], []).ConfigureAwait(false);
        if (result is null)
        {
            return long.MaxValue;
        }

        var floor = result.IsNull ? 0 : (long)result;
        return floor <= _local.Applied ? 0 : floor;
    }

    private async ValueTask InvalidateAsync(InvalidationKind kind, IReadOnlyList<string> names)
    {
        var reached = true;
        foreach (var batch in names.Chunk(BatchSize))
        {
            var begun = _local.Now;
            // After one timeout the caller is not made to wait for another.
            var result = reached ? await SendAsync(kind, batch).ConfigureAwait(false) : null;
            reached = result is not null;
            Apply(kind, batch, begun, result);
        }
    }

    private ValueTask<RedisResult?> SendAsync(InvalidationKind kind, string[] names)
    {
        var (session, remember) = Session();
        var body = InvalidationMessage.Body(kind, kind == InvalidationKind.All ? [] : names);
        return kind switch
        {
            InvalidationKind.Keys =>
                _calls.TryRunAsync("remove", Scripts.Remove, [session, .. names.Select(Records.Entry)], [remember, body, .. Names(names)]),
            InvalidationKind.Tags => _calls.TryRunAsync("remove-by-tag", Scripts.RemoveByTag, [session], [remember, body, .. Names(names)]),
            _ => _calls.TryRunAsync("remove-all", Scripts.RemoveAll, [session], [remember, body]),
        };
    }

    /// <summary>
    /// The session's record, and how long its invalidations are remembered: after that every instance has learnt of them or does
    /// not trust its L1.
    /// </summary>
    private (string Record, RedisValue Milliseconds) Session() => ReadScope.Current is { } scope
        ? (Records.Session(scope.Session), 2 * Milliseconds(_settings.Staleness))
        : (Records.NoSession, 0);

    /// <summary>
    /// Makes an invalidation hold on this instance, and puts it in the outbox where Redis did not take it. A number not above what was known before is
    /// of a server that lost its end: L1 would take what it holds for newer, and the invalidation is lost when the record begins again.
    /// </summary>
    private Stamp? Apply(InvalidationKind kind, string[] names, Stamp begun, RedisResult? result)
    {
        if (result is not null && (long)result > begun.Sequence)
        {
            var stamp = _local.Observe(begun, (long)result);
            new InvalidationMessage(stamp.Sequence, kind, names).ApplyTo(_local);
            _metrics.Invalidation("made");
            return stamp;
        }

        _metrics.Invalidation("deferred");
        _outbox.Add(kind, names);
        foreach (var name in names)
        {
            // Also keeps later calls from joining a flight that began before this.
            if (kind == InvalidationKind.Keys)
            {
                _local.Remove(name);
            }
            else if (kind == InvalidationKind.Tags)
            {
                _local.Generations.Advance(name);
            }
            else
            {
                _local.Generations.AdvanceAll();
            }
        }

        return null;
    }

    private async ValueTask<long?> AskSequenceAsync(CancellationToken cancellationToken)
    {
        var highest = Math.Max(_local.Now.Sequence, _link.Seen ?? Stamp.Unknown);
        var result = await _calls.TryRunInBackgroundAsync("sync", Scripts.Sync, [highest], cancellationToken).ConfigureAwait(false);
        return result is null ? null : (long)result;
    }

    /// <summary>Sends what is in the outbox; stops at the first failure.</summary>
    private async ValueTask DeliverAsync()
    {
        if (_outbox.Count == 0)
        {
            return;
        }

        var (pending, version) = _outbox.Peek();
        foreach (var kind in pending)
        {
            foreach (var batch in kind.Chunk(BatchSize))
            {
                var begun = _local.Now;
                var result = await SendAsync(kind.Key, batch).ConfigureAwait(false);
                if (result is null)
                {
                    return;
                }

                // Known here as an invalidation before it stops being in doubt: a fill under way must meet one or the other.
                Apply(kind.Key, batch, begun, result);
                _outbox.Delivered(kind.Key, batch, version);
                _metrics.Invalidation("delivered");
            }
        }
    }
}
