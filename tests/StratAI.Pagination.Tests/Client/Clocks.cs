using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.Pagination.Tests.Client;

/// <summary>A clock that stands still, and tells when something begins to wait on it.</summary>
internal sealed class WaitingClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>How long the next wait is, as soon as it has begun.</summary>
    public async Task<TimeSpan> NextWaitAsync() => await _waits.Reader.ReadAsync();

    public bool HasWait => _waits.Reader.Count > 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _waits.Writer.TryWrite(dueTime);
        }

        return timer;
    }
}

/// <summary>A clock on which every wait is over at once; what is longer than any wait of these tests is a timeout, and lasts.</summary>
internal sealed class HastyClock : TimeProvider
{
    private int _waits;

    public int Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isWait = dueTime >= TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(90);
        Interlocked.Add(ref _waits, isWait ? 1 : 0);
        return base.CreateTimer(callback, state, isWait ? TimeSpan.Zero : dueTime, period);
    }
}
