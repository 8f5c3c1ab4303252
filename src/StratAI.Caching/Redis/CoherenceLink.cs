using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// Keeps L1 coherent. Messages bring invalidations as they happen; five times per allowed staleness a beat asks Redis for the sequence, and
/// only where every message up to it has come is L1 trusted, for that staleness from when the question was asked.
/// A message missed in any way, be it a cut connection, a server's output buffer, or a filter on the way, is thus noticed by its absence.
/// </summary>
internal sealed class CoherenceLink : IAsyncDisposable
{
    private readonly LocalLevel _local;
    private readonly CacheMetrics _metrics;
    private readonly RedisLevelSettings _settings;
    private readonly Func<CancellationToken, ValueTask<long?>> _askSequence;
    private readonly Func<ValueTask> _deliver;
    private readonly BeatLoop _loop;
    private readonly Lock _gate = new();
    private readonly SequenceTracker _tracker = new();
    private readonly ICacheServer _server;
    private readonly LeaseSignals _leases;
    private readonly long _staleness;
    private Task? _subscribing;
    private long _trustedUntil = long.MinValue;
    private bool _lost;
    private bool _reconnected;

    /// <param name="server">Where messages come from.</param>
    /// <param name="local">What to keep coherent.</param>
    /// <param name="leases">Who waits for a value that another instance makes.</param>
    /// <param name="metrics">Counts messages and flushes.</param>
    /// <param name="settings">Times and logger.</param>
    /// <param name="askSequence">Asks Redis for the sequence; <see langword="null"/> when there is no answer.</param>
    /// <param name="deliver">Called on each beat that was answered.</param>
    public CoherenceLink(
        ICacheServer server,
        LocalLevel local,
        LeaseSignals leases,
        CacheMetrics metrics,
        RedisLevelSettings settings,
        Func<CancellationToken, ValueTask<long?>> askSequence,
        Func<ValueTask> deliver)
    {
        (_server, _local, _leases, _metrics, _settings, _askSequence, _deliver) = (server, local, leases, metrics, settings, askSequence, deliver);
        _staleness = settings.Clock.Ticks(settings.Staleness - settings.Clock.Lag);
        _loop = new(settings, BeatOnceAsync, error => settings.Logger.RedisFailed(error, "subscribe"));
    }

    public bool IsTrusted => _settings.Clock.Now < Volatile.Read(ref _trustedUntil);

    /// <summary>The sequence up to which invalidations hold on this instance.</summary>
    public long? Seen
    {
        get
        {
            lock (_gate)
            {
                return _tracker.Seen;
            }
        }
    }

    public void Start() => _loop.Start();

    /// <inheritdoc cref="BeatLoop.BeatAsync"/>
    public Task BeatAsync() => _loop.BeatAsync();

    /// <inheritdoc cref="BeatLoop.IdleAsync"/>
    public Task IdleAsync() => _loop.IdleAsync();

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task BeatOnceAsync(CancellationToken cancellationToken)
    {
        if (_subscribing is null or { IsFaulted: true } or { IsCanceled: true })
        {
            _subscribing = _server.SubscribeAsync(Receive, OnLost, OnRestored);
        }

        // A slow attempt is waited for again next time: given up, it would end as a second subscription.
        await _subscribing.WaitAsync(_settings.Timeout, _settings.Time, cancellationToken).ConfigureAwait(false);

        bool reconnected;
        lock (_gate)
        {
            (reconnected, _reconnected) = (_reconnected, false);
        }

        var askedAt = _settings.Clock.Now;
        if (await _askSequence(cancellationToken).ConfigureAwait(false) is not { } sequence)
        {
            lock (_gate)
            {
                _reconnected |= reconnected;
            }

            return;
        }

        lock (_gate)
        {
            Judge(sequence, askedAt, reconnected);
        }

        await _deliver().ConfigureAwait(false);
    }

    private void Judge(long sequence, long askedAt, bool reconnected)
    {
        var result = _tracker.Beat(sequence, askedAt, out var confirmedAt);
        if (result == BeatResult.First)
        {
            // Entries read from L2 before this moment had nobody to tell of their invalidation.
            _local.Flush(sequence);
        }
        else if (reconnected)
        {
            // Behind the new connection there may be another server, whose history only seems to continue the old one.
            _tracker.Restart(sequence, askedAt);
            _local.Restart(sequence);
            ReportFlush("reconnected");
            confirmedAt = askedAt;
        }
        else if (result == BeatResult.Lost)
        {
            _local.Flush(sequence);
            ReportFlush("lost");
        }

        _local.Reach(_tracker.Seen ?? 0);
        Volatile.Write(ref _trustedUntil, confirmedAt + _staleness);
        _local.TrustLink(_trustedUntil);
    }

    private void Receive(ReadOnlyMemory<byte> bytes)
    {
        if (InvalidationMessage.Parse(bytes.Span) is not { } message)
        {
            // Its sequence stays missing, which the next message or beat notices.
            return;
        }

        if (message.Kind is InvalidationKind.Released or InvalidationKind.Abandoned)
        {
            message.Names.ToList().ForEach(key => _leases.Signal(key, goAlone: message.Kind == InvalidationKind.Abandoned));
            return;
        }

        lock (_gate)
        {
            if (_tracker.Receive(message.Sequence))
            {
                _local.Flush(message.Sequence);
                ReportFlush("gap");
            }

            // First: what a factory begins from here on is newer than the invalidation, and L2 takes it.
            _local.Observe(_local.Now, message.Sequence);

            // Within the lock: a beat must not confirm what is counted as come and does not hold yet.
            message.ApplyTo(_local);
            _local.Reach(_tracker.Seen ?? 0);
        }

        _metrics.Invalidation("received");
    }

    private void OnLost()
    {
        lock (_gate)
        {
            if (_lost)
            {
                return;
            }

            // The connection may come back to another server without word of that, as where that one was connected already.
            (_lost, _reconnected) = (true, true);
        }

        _settings.Logger.LinkLost(_settings.Staleness);
    }

    private void OnRestored()
    {
        lock (_gate)
        {
            (_lost, _reconnected) = (false, true);
        }

        _loop.Wake();
    }

    private void ReportFlush(string reason)
    {
        _metrics.Flush(reason);
        _settings.Logger.LocalFlushed(reason);
    }
}
