using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Redis;

/// <summary>The shared level in Redis: L2 entries, the sequence that orders invalidations, and the link that tells L1 of them.</summary>
internal sealed class RedisLevel : ISharedLevel
{
    /// <summary>Names per call: bounds how long one script keeps the server.</summary>
    private const int BatchSize = 128;

    private const int OutboxCapacity = 4096;

    private readonly RedisConnection _connection;
    private readonly LocalLevel _local;
    private readonly CacheMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RedisScriptRunner _scripts;
    private readonly CoherenceLink _link;
    private readonly Outbox _outbox = new(OutboxCapacity);
    private int _reportedForeign;

    public RedisLevel(RedisConnection connection, LocalLevel local, CacheMetrics metrics, RedisLevelSettings settings)
    {
        (_connection, _local, _metrics, _logger) = (connection, local, metrics, settings.Logger);
        _scripts = new(connection, settings, metrics);
        _link = new(connection, local, metrics, settings, AskSequenceAsync, DeliverAsync);
        _link.Start();
        if (settings.FollowsForeignWriters)
        {
            Foreign = new(connection, local, metrics, settings, _scripts);
            Foreign.Start();
        }
    }

    public bool IsDistributed => true;

    /// <inheritdoc cref="CoherenceLink.Seen"/>
    public long? Seen => _link.Seen;

    /// <summary>Set where changes by other writers are followed.</summary>
    public ForeignWriterLink? Foreign { get; }

    public string? Impairment =>
        _scripts.IsOpen ? "Redis does not answer: every read goes to its factory"
        : !_link.IsTrusted ? "invalidations are not confirmed: L1 is bypassed"
        : Foreign is { IsTrusted: false } ? "changes by other writers are not confirmed: L1 is bypassed"
        : _outbox.Count > 0 ? "invalidations wait for delivery"
        : null;

    public bool TrustsLocal(long now) => _link.IsTrustedAt(now) && (Foreign is null || Foreign.IsTrustedAt(now));

    public bool IsInDoubt(string key, string[] tags) => _outbox.Contains(key, tags);

    public async ValueTask<SharedRead> ReadAsync(string key, Stamp begun, CancellationToken cancellationToken)
    {
        var result = await _scripts.TryRunAsync("read", Scripts.Read, [key], [], cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            return new(Reached: false, begun);
        }

        var stamp = _local.Observe(begun, (long)result[0]);
        if (result.Length < 3)
        {
            return new(Reached: true, stamp);
        }

        var content = Payload.Parse((byte[])result[1]!);
        if (content is null)
        {
            ReportForeignPayload();
            return new(Reached: true, stamp);
        }

        // An entry without an expiration was not stored by this cache alone: someone made it persistent.
        var remaining = (long)result[2];
        return new(Reached: true, stamp, content, remaining < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(remaining));
    }

    public async ValueTask<FillResult> FillAsync(string key, Content content, TimeSpan expiration, Stamp stamp)
    {
        // Over a break in the link Redis may have failed over to a server that lost some of its history; what was known before
        // the break can then not be compared with what is known after it.
        if (stamp.Sequence == Stamp.Unknown || !_local.IsSameEpoch(stamp))
        {
            return FillResult.NotStored;
        }

        var (head, rest) = (Payload.Head(content), Payload.Rest(content));
        var written = BeginWrite(key, content, head, rest);
        if (_local.Changes.Concern(key, stamp.Notices))
        {
            EndWrite(key, content, written, stored: false);
            return FillResult.Stale;
        }

        RedisValue[] values = [stamp.Sequence, head, rest, Milliseconds(expiration), key, .. Names(content.Tags)];
        var result = await _scripts.TryRunAsync("fill", Scripts.Fill, [key], values).ConfigureAwait(false);
        var filled = result is null ? FillResult.NotStored : (long)result == 1 ? FillResult.Stored : FillResult.Stale;
        EndWrite(key, content, written, filled == FillResult.Stored);
        return filled;
    }

    public async ValueTask<Stamp?> SetAsync(string key, Content content, TimeSpan expiration)
    {
        var begun = _local.Now;
        var body = InvalidationMessage.Body(InvalidationKind.Keys, [key]);
        var (head, rest) = (Payload.Head(content), Payload.Rest(content));
        var written = BeginWrite(key, content, head, rest);
        RedisValue[] values = [body, head, rest, Milliseconds(expiration), key];
        var result = await _scripts.TryRunAsync("set", Scripts.Set, [key], values).ConfigureAwait(false);
        EndWrite(key, content, written, result is not null);
        return Apply(InvalidationKind.Keys, [key], begun, result);
    }

    public ValueTask RemoveAsync(IReadOnlyList<string> keys) => InvalidateAsync(InvalidationKind.Keys, keys);

    public ValueTask RemoveByTagAsync(IReadOnlyList<string> tags) => InvalidateAsync(InvalidationKind.Tags, tags);

    public ValueTask RemoveAllAsync() => InvalidateAsync(InvalidationKind.All, [CacheNames.AllTag]);

    public async ValueTask DisposeAsync()
    {
        if (Foreign is not null)
        {
            await Foreign.DisposeAsync().ConfigureAwait(false);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private OwnWrite? BeginWrite(string key, Content content, byte[] head, byte[] rest) =>
        content.Written = Foreign is { IsTrusted: true } ? _local.Changes.Begin(key, PayloadDigest.Of(head, rest)) : null;

    private void EndWrite(string key, Content content, OwnWrite? written, bool stored)
    {
        if (written is not null && !stored)
        {
            content.Written = null;
            _local.Changes.Withdraw(key, written);
        }
    }

    private async ValueTask InvalidateAsync(InvalidationKind kind, IReadOnlyList<string> names)
    {
        foreach (var batch in names.Chunk(BatchSize))
        {
            var begun = _local.Now;
            Apply(kind, batch, begun, await SendAsync(kind, batch).ConfigureAwait(false));
        }
    }

    private ValueTask<RedisResult?> SendAsync(InvalidationKind kind, string[] names)
    {
        var body = InvalidationMessage.Body(kind, kind == InvalidationKind.All ? [] : names);
        return kind switch
        {
            InvalidationKind.Keys => _scripts.TryRunAsync("remove", Scripts.Remove, names, [body, .. Names(names)]),
            InvalidationKind.Tags => _scripts.TryRunAsync("remove-by-tag", Scripts.RemoveByTag, [], [body, .. Names(names)]),
            _ => _scripts.TryRunAsync("remove-all", Scripts.RemoveAll, [], [body]),
        };
    }

    /// <summary>Makes an invalidation hold on this instance, and puts it in the outbox where Redis did not take it.</summary>
    private Stamp? Apply(InvalidationKind kind, string[] names, Stamp begun, RedisResult? result)
    {
        if (result is not null)
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
        var result = await _scripts.TryRunAsync("sync", Scripts.Sync, [], [], cancellationToken).ConfigureAwait(false);
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
            }
        }
    }

    private void ReportForeignPayload()
    {
        if (Interlocked.Exchange(ref _reportedForeign, 1) == 0)
        {
            _logger.ForeignPayload();
        }
    }

    private static IEnumerable<RedisValue> Names(string[] names) => names.Select(name => (RedisValue)name);

    private static long Milliseconds(TimeSpan expiration) => Math.Max(1, (long)expiration.TotalMilliseconds);
}
