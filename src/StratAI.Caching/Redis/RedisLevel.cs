using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// The shared level in Redis: L2 entries, the sequence that orders invalidations, and the link that tells L1 of them. This part reads
/// and stores, <c>.Claim</c> settles who makes an expensive value, <c>.Invalidate</c> invalidates.
/// </summary>
internal sealed partial class RedisLevel : ISharedLevel
{
    /// <summary>Names per call: bounds how long one script keeps the server.</summary>
    private const int BatchSize = 128;

    private const int OutboxCapacity = 4096;

    private readonly ICacheServer _server;
    private readonly LocalLevel _local;
    private readonly CacheMetrics _metrics;
    private readonly RedisLevelSettings _settings;
    private readonly GuardedCalls _calls;
    private readonly CoherenceLink _link;
    private readonly LeaseSignals _leases = new();
    private readonly Outbox _outbox;
    private int _reportedForeign;

    /// <param name="server">What instances share.</param>
    /// <param name="local">L1.</param>
    /// <param name="metrics">The cache's instruments.</param>
    /// <param name="settings">Times and limits.</param>
    /// <param name="followed">The server whose reports of changes by other writers are followed; <see langword="null"/>: none.</param>
    public RedisLevel(ICacheServer server, LocalLevel local, CacheMetrics metrics, RedisLevelSettings settings, RedisServer? followed = null)
    {
        (_server, _local, _metrics, _settings) = (server, local, metrics, settings);
        _calls = new(server, settings, metrics);
        _outbox = new(OutboxCapacity, pending => local.HasDoubts = pending);
        _link = new(server, local, _leases, metrics, settings, AskSequenceAsync, DeliverAsync);
        metrics.ObserveBreaker(() => _calls.IsOpen);
        _link.Start();
        if (followed is not null)
        {
            Foreign = new(followed, local, metrics, settings, _calls);
            Foreign.Start();
        }
    }

    public bool IsDistributed => true;

    /// <summary>Set where changes by other writers are followed.</summary>
    public ForeignWriterLink? Foreign { get; }

    /// <inheritdoc cref="CoherenceLink.Seen"/>
    public long? Seen => _link.Seen;

    public string? Impairment =>
        _calls.IsOpen ? "Redis does not answer: every read goes to its factory"
        : !_link.IsTrusted ? "invalidations are not confirmed: L1 is bypassed"
        : Foreign is { IsTrusted: false } ? "changes by other writers are not confirmed: L1 is bypassed"
        : _outbox.Count > 0 ? "invalidations wait for delivery"
        : null;

    public bool IsInDoubt(string key, string[] tags) => _outbox.Contains(key, tags);

    public async ValueTask<SharedRead> ReadAsync(string key, Stamp begun, bool strict, CancellationToken cancellationToken)
    {
        if (strict || _settings.Clock.Now >= _local.TrustedUntil)
        {
            return (await ReadManyAsync([key], begun, cancellationToken).ConfigureAwait(false))[0];
        }

        if (await _calls.TryGetAsync(key, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return new(Reached: false, begun);
        }

        if (found.Payload is null)
        {
            return new(Reached: true, _local.Now);
        }

        if (Payload.Parse(found.Payload, _settings.MaximumPayloadBytes) is not { } parsed)
        {
            ReportForeignPayload();
            return new(Reached: true, _local.Now);
        }

        // While L1 is trusted this instance knows of the invalidations since its own floors. An entry that is older, or that it
        // holds to be invalidated, is left to the server's judgement.
        var stamp = begun with { Sequence = parsed.Sequence };
        return _local.IsCurrent(stamp, parsed.Content.Tags)
            ? ToRead(stamp, parsed, found.TimeToLive) with { ByTrust = true }
            : await ReadAsync(key, begun, strict: true, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<SharedRead[]> ReadManyAsync(IReadOnlyList<string> keys, Stamp begun, CancellationToken cancellationToken)
    {
        var reads = new SharedRead[keys.Count];
        for (var start = 0; start < reads.Length; start += BatchSize)
        {
            var batch = keys.Skip(start).Take(BatchSize).Select(Records.Entry).ToArray();
            var result = await _calls.TryRunAsync("read", Scripts.Read, batch, [], cancellationToken).ConfigureAwait(false);
            if (result is null || LostItsEnd(result, begun))
            {
                Array.Fill(reads, new(Reached: false, begun), start, batch.Length);
                continue;
            }

            var stamp = _local.Observe(begun, (long)result[0]);
            for (var i = 0; i < batch.Length; i++)
            {
                reads[start + i] = ToRead(stamp, result[(2 * i) + 1], result[(2 * i) + 2]);
            }
        }

        return reads;
    }

    public async ValueTask<FillResult> FillAsync(string key, Content content, EntryPolicy policy, Stamp stamp)
    {
        // Over a break in the link Redis may have failed over to a server that lost some of its history; what was known before
        // the break can then not be compared with what is known after it.
        if (stamp.Sequence == Stamp.Unknown || !_local.IsSameEpoch(stamp))
        {
            return FillResult.NotStored;
        }

        if (_local.IsChanged(key, stamp))
        {
            return FillResult.Stale;
        }

        var (head, rest) = Write(content, policy);
        RedisValue[] values = [stamp.Sequence, head, rest, Milliseconds(policy.Kept), key, .. Names(content.Tags)];
        var result = await _calls.TryRunAsync("fill", Scripts.Fill, [Records.Entry(key)], values).ConfigureAwait(false);
        return result is null ? FillResult.NotStored : (long)result == 1 ? FillResult.Stored : FillResult.Stale;
    }

    public async ValueTask<bool?> VerifyAsync(string key, string[] tags, Stamp stamp)
    {
        var result = await _calls.TryRunAsync("verify", Scripts.Verify, [], [stamp.Sequence, key, .. Names(tags)]).ConfigureAwait(false);
        return result is null ? null : (long)result == 1;
    }

    /// <summary>Asks the server now for what may be missing, even where the breaker would not, and delivers what waits for that.</summary>
    public Task BeatAsync()
    {
        _calls.Close();
        return _link.BeatAsync();
    }

    /// <inheritdoc cref="CoherenceLink.IdleAsync"/>
    public Task IdleAsync() => _link.IdleAsync();

    public async ValueTask DisposeAsync()
    {
        if (Foreign is not null)
        {
            await Foreign.DisposeAsync().ConfigureAwait(false);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether the server knows less than this instance, and so may have entries whose invalidation it lost.</summary>
    private static bool LostItsEnd(RedisResult result, Stamp begun) => (long)result[0] < begun.Sequence;

    private SharedRead ToRead(Stamp stamp, RedisResult payload, RedisResult remaining)
    {
        var (bytes, milliseconds) = ((byte[])payload!, (long)remaining);
        if (bytes.Length == 0 && milliseconds < -1)
        {
            return new(Reached: true, stamp);
        }

        if (Payload.Parse(bytes, _settings.MaximumPayloadBytes) is { } parsed)
        {
            return ToRead(stamp, parsed, milliseconds < 0 ? null : TimeSpan.FromMilliseconds(milliseconds));
        }

        ReportForeignPayload();
        return new(Reached: true, stamp);
    }

    // An entry without an expiration was not stored by this cache alone: someone made it persistent.
    private static SharedRead ToRead(Stamp stamp, ParsedPayload parsed, TimeSpan? timeToLive) =>
        new(Reached: true, stamp, parsed.Content, timeToLive is { } left ? left - parsed.Grace : TimeSpan.MaxValue, timeToLive is null ? default : parsed.Grace);

    private (byte[] Head, byte[] Tail) Write(Content content, EntryPolicy policy) =>
        Payload.Write(content, policy.FailSafe, policy.Compresses ? _settings.CompressionThreshold : null);

    private void ReportForeignPayload()
    {
        if (Interlocked.Exchange(ref _reportedForeign, 1) == 0)
        {
            _settings.Logger.ForeignPayload();
        }
    }

    private static IEnumerable<RedisValue> Names(string[] names) => names.Select(name => (RedisValue)name);

    private static long Milliseconds(TimeSpan expiration) => Math.Max(1, (long)expiration.TotalMilliseconds);
}
