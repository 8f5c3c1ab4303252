using StratAI.Caching.Internal;

namespace StratAI.Caching.Locking.Redis;

/// <summary>A lease in Redis, renewed until it is given back. Should its instance die, it ends by itself.</summary>
internal sealed class RedisMutexHandle : IMutexHandle
{
    private const int RenewalsPerLease = 3;
    private const int RetriesPerLease = 15;
    private const int Held = 0;
    private const int Over = 1;
    private const int Disposed = 2;

    private readonly MutexCalls _calls;
    private readonly MutexSettings _settings;
    private readonly MutexTicket _ticket;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _renewal;
    private readonly ITimer _expiry;
    private int _state = Held;

    /// <param name="calls">To Redis.</param>
    /// <param name="settings">How long everything lasts.</param>
    /// <param name="ticket">What is held.</param>
    /// <param name="token">Its fencing token.</param>
    /// <param name="asked">Since when at the earliest, by the monotonic clock.</param>
    /// <param name="lease">For how long from then on.</param>
    public RedisMutexHandle(MutexCalls calls, MutexSettings settings, MutexTicket ticket, long token, long asked, TimeSpan lease)
    {
        (_calls, _settings, _ticket, FencingToken, Lost) = (calls, settings, ticket, token, _lost.Token);
        _expiry = settings.Time.CreateTimer(_ => Lose(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _renewal = settings.Time.CreateTimer(_ => _ = RenewAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Continue(asked, lease);
    }

    public string Name => _ticket.Name;

    public long FencingToken { get; }

    public bool IsLocal => false;

    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, Disposed) == Disposed)
        {
            return;
        }

        StopTimers();
        try
        {
            await _calls.RunAsync(MutexScripts.Release, _ticket).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The caller is done with it; who waits should not have to wait for the lease to end.
            _ = _calls.RunUntilDoneAsync(MutexScripts.Release, _ticket);
        }
    }

    private async Task RenewAsync()
    {
        var asked = _settings.Time.GetTimestamp();
        bool renewed;
        try
        {
            renewed = (long)await _calls.RunAsync(MutexScripts.Renew, _ticket).ConfigureAwait(false) == 1;
        }
        catch (Exception)
        {
            _renewal.Change(_settings.Lease / RetriesPerLease, Timeout.InfiniteTimeSpan);
            return;
        }

        if (!renewed)
        {
            Lose();
        }
        else
        {
            Continue(asked, _settings.Lease);
        }
    }

    private void Continue(long asked, TimeSpan lease)
    {
        // Counted from the question, as Redis counts from when it got it. A timer that was stopped meanwhile stays so.
        var passed = _settings.Time.GetElapsedTime(asked);
        _expiry.Change(Left(MutexSettings.Reliable(lease)), Timeout.InfiniteTimeSpan);
        _renewal.Change(Left(lease / RenewalsPerLease), Timeout.InfiniteTimeSpan);

        TimeSpan Left(TimeSpan span) => span > passed ? span - passed : TimeSpan.Zero;
    }

    private void Lose()
    {
        if (Interlocked.CompareExchange(ref _state, Over, Held) == Held)
        {
            StopTimers();
            _settings.Metrics.Lost();
            _settings.Logger.MutexLost();
            _lost.Cancel();
        }
    }

    private void StopTimers()
    {
        _renewal.Dispose();
        _expiry.Dispose();
    }
}
