using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// Keeps L1 to what Redis holds, whoever changes it, by the reports of <c>CLIENT TRACKING</c>. That they come is proved, not assumed: five times per
/// allowed staleness a key is changed whose report is sent to this instance alone. Reports come in order, so with it have come those of
/// all changes from before; L1 is trusted for that staleness from when the key was about to be changed.
/// </summary>
internal sealed class ForeignWriterLink : IAsyncDisposable
{
    private readonly RedisServer _server;
    private readonly LocalLevel _local;
    private readonly CacheMetrics _metrics;
    private readonly RedisLevelSettings _settings;
    private readonly GuardedCalls _calls;
    private readonly BeatLoop _loop;
    private readonly Lock _gate = new();
    private readonly long _staleness;
    private TrackingConnection? _tracking;
    private Canary? _canary;
    private long _canaries;
    private long _trustedUntil = long.MinValue;
    private bool _reported;

    public ForeignWriterLink(
        RedisServer server, LocalLevel local, CacheMetrics metrics, RedisLevelSettings settings, GuardedCalls calls)
    {
        (_server, _local, _metrics, _settings, _calls) = (server, local, metrics, settings, calls);
        _staleness = settings.Clock.Ticks(settings.Staleness - settings.Clock.Lag);
        _loop = new(settings, BeatAsync, Report);
        local.TrustReports(long.MinValue);
    }

    /// <summary>The present pair of connections.</summary>
    public TrackingConnection? Tracking => _tracking;

    public bool IsTrusted => _settings.Clock.Now < Volatile.Read(ref _trustedUntil);

    public void Start() => _loop.Start();

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        if (_tracking is not null)
        {
            await _tracking.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (_tracking is { } current && (current.IsBroken || IsMissing(_canary)))
        {
            Distrust();
            _tracking = null;
            await current.DisposeAsync().ConfigureAwait(false);
        }

        if (_tracking is null)
        {
            _tracking = await TrackingConnection.OpenAsync(_server, _settings, Receive, OnBroken, cancellationToken).ConfigureAwait(false);
            // What was read before tracking began may have changed without a report.
            _local.ChangeAll();
            _reported = false;
        }

        var record = Records.Canary(_tracking.Instance, ++_canaries);
        var canary = new Canary(_tracking, _server.Names.Of(record)!, _settings.Clock.Now);
        lock (_gate)
        {
            if (_tracking.IsBroken)
            {
                return;
            }

            _canary = canary;
        }

        if (await _calls.TryRunAsync("canary", Scripts.Canary, [record], [], cancellationToken).ConfigureAwait(false) is not null)
        {
            canary.Made(_settings.Clock.Now);
        }
    }

    /// <remarks>A beat may follow the one before at once, where that was slow: half an interval is granted in any case.</remarks>
    private bool IsMissing(Canary? canary) =>
        canary is not null && canary.IsMissing(_settings.Clock.Now, _settings.Clock.Ticks(_loop.Interval / 2));

    private void Receive(RedisValue message)
    {
        if (message.IsNull)
        {
            // FLUSHALL or FLUSHDB.
            _local.ChangeAll();
            ReportFlush("flushed");
            return;
        }

        var changed = (string)message!;
        if (changed.StartsWith(_server.Names.EntryPrefix, StringComparison.Ordinal))
        {
            _local.Change(changed[_server.Names.EntryPrefix.Length..]);
            _metrics.Invalidation("noticed");
            return;
        }

        lock (_gate)
        {
            if (_canary is { } canary && canary.Key == changed)
            {
                canary.Come();
                Trust(canary.AskedAt + _staleness);
            }
        }
    }

    private void OnBroken(TrackingConnection broken)
    {
        if (broken == _tracking)
        {
            Distrust();
        }

        _loop.Wake();
    }

    private void Distrust()
    {
        lock (_gate)
        {
            if (_canary is null)
            {
                return;
            }

            _canary = null;
            Trust(long.MinValue);
        }

        _local.ChangeAll();
        ReportFlush("untracked");
    }

    private void Trust(long until)
    {
        Volatile.Write(ref _trustedUntil, until);
        _local.TrustReports(until);
    }

    private void Report(Exception error)
    {
        if (!_reported)
        {
            _reported = true;
            _settings.Logger.TrackingFailed(error);
        }
    }

    private void ReportFlush(string reason)
    {
        _metrics.Flush(reason);
        _settings.Logger.LocalFlushed(reason);
    }
}
