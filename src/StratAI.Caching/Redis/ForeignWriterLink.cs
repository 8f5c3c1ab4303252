using System.Globalization;
using System.Threading.Channels;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Redis;

/// <summary>
/// Keeps L1 to what Redis holds, whoever changes it, by the reports of <c>CLIENT TRACKING</c>. That they come is proved, not assumed: five times per
/// allowed staleness a key is changed whose report is sent to this instance alone. Reports come in order, so with it have come those of
/// all changes from before; L1 is trusted for that staleness from when the key was about to be changed.
/// </summary>
internal sealed class ForeignWriterLink : IAsyncDisposable
{
    private const int BeatsPerStaleness = 5;

    private readonly RedisConnection _connection;
    private readonly LocalLevel _local;
    private readonly CacheMetrics _metrics;
    private readonly RedisLevelSettings _settings;
    private readonly RedisScriptRunner _scripts;
    private readonly WriteVerifier _verifier;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly long _staleness;
    private Task _loop = Task.CompletedTask;
    private TrackingConnection? _tracking;
    private Canary? _canary;
    private long _canaries;
    private long _trustedUntil = long.MinValue;
    private bool _reported;

    public ForeignWriterLink(
        RedisConnection connection, LocalLevel local, CacheMetrics metrics, RedisLevelSettings settings, RedisScriptRunner scripts)
    {
        (_connection, _local, _metrics, _settings, _scripts) = (connection, local, metrics, settings, scripts);
        _verifier = new(scripts, local);
        _staleness = (long)(settings.Staleness.TotalSeconds * settings.Time.TimestampFrequency);
    }

    /// <summary>The present pair of connections.</summary>
    public TrackingConnection? Tracking => _tracking;

    public bool IsTrusted => IsTrustedAt(_settings.Time.GetTimestamp());

    public bool IsTrustedAt(long now) => now < Volatile.Read(ref _trustedUntil);

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.WhenAll(Task.Run(RunAsync), Task.Run(() => _verifier.RunAsync(_stopping.Token)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_tracking is not null)
        {
            await _tracking.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var interval = _settings.Staleness / BeatsPerStaleness;
        using var timer = _settings.Time.CreateTimer(_ => Wake(), null, interval, interval);
        Wake();
        await foreach (var _ in _wake.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
        {
            try
            {
                await BeatAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is TimeoutException or RedisException)
            {
                Report(error);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _settings.Logger.LinkFailed(error);
            }
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
            _tracking = await TrackingConnection.OpenAsync(_connection, _settings, Receive, OnBroken, cancellationToken).ConfigureAwait(false);
            // What was read before tracking began may have changed without a report.
            _local.NoticeAll();
            _reported = false;
        }

        var key = _tracking.CanaryPrefix + (++_canaries).ToString(CultureInfo.InvariantCulture);
        var canary = new Canary(_tracking, key, _settings.Time.GetTimestamp());
        lock (_gate)
        {
            if (_tracking.IsBroken)
            {
                return;
            }

            _canary = canary;
        }

        if (await _scripts.TryRunOnKeysAsync("canary", Scripts.Canary, [key], [], cancellationToken).ConfigureAwait(false) is not null)
        {
            canary.Made(_settings.Time.GetTimestamp());
        }
    }

    /// <remarks>A beat may follow the one before at once, where that was slow: half an interval is granted in any case.</remarks>
    private bool IsMissing(Canary? canary) =>
        canary is not null && canary.IsMissing(_settings.Time.GetTimestamp(), _staleness / BeatsPerStaleness / 2);

    private void Receive(RedisValue message)
    {
        if (message.IsNull)
        {
            // FLUSHALL or FLUSHDB.
            _local.NoticeAll();
            ReportFlush("flushed");
            return;
        }

        var changed = (string)message!;
        if (changed.StartsWith(_settings.Names.EntryPrefix, StringComparison.Ordinal))
        {
            var key = changed[_settings.Names.EntryPrefix.Length..];
            if (_local.Notice(key) is { } write)
            {
                _verifier.Verify(key, write);
            }

            _metrics.Invalidation("noticed");
            return;
        }

        lock (_gate)
        {
            if (_canary is not { } canary || canary.Key != changed)
            {
                return;
            }

            canary.Come();
            _verifier.Then(() => Trust(canary));
        }
    }

    private void Trust(Canary canary)
    {
        lock (_gate)
        {
            // Not after a break, though it came before it: L1 stays untrusted until there is another pair.
            if (_canary?.Pair == canary.Pair)
            {
                Volatile.Write(ref _trustedUntil, canary.AskedAt + _staleness);
            }
        }
    }

    private void OnBroken(TrackingConnection broken)
    {
        if (broken == _tracking)
        {
            Distrust();
        }

        Wake();
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
            Volatile.Write(ref _trustedUntil, long.MinValue);
        }

        _local.NoticeAll();
        ReportFlush("untracked");
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

    private void Wake() => _wake.Writer.TryWrite(true);
}
