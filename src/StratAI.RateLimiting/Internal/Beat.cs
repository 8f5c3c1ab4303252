using Microsoft.Extensions.Logging;

namespace StratAI.RateLimiting.Internal;

/// <summary>The pulse of this instance: three times as often as the shortest lease ends, and at least every five seconds.</summary>
internal sealed class Beat : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly PolicySet _policies;
    private readonly ITimer _timer;
    private readonly Func<Task> _beat;
    private readonly ILogger _logger;
    private int _isBeating;

    public Beat(PolicySet policies, TimeProvider time, Func<Task> beat, ILogger logger)
    {
        (_policies, _beat, _logger) = (policies, beat, logger);
        _timer = time.CreateTimer(static state => ((Beat)state!).Run(), this, Period, Period);
        policies.Replaced += Follow;
    }

    /// <summary>This instance's name among the living.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("n");

    /// <summary>After how long without a beat an instance counts as dead.</summary>
    public TimeSpan Lifetime => Period * 3;

    /// <summary>The beat that runs now, or else the last one. It never fails.</summary>
    public Task Last { get; private set; } = Task.CompletedTask;

    private TimeSpan Period => _policies.All
        .Where(policy => policy.Rules.IsHeld).Select(policy => TimeSpan.FromMicroseconds(policy.Rules.LeaseMicros) / 3).Append(Longest).Min();

    public ValueTask DisposeAsync()
    {
        _policies.Replaced -= Follow;
        return _timer.DisposeAsync();
    }

    // Leases may have become shorter than the pulse.
    private void Follow() => _timer.Change(Period, Period);

    private void Run()
    {
        // One that waits for a slow Redis is not overtaken by the next.
        if (Interlocked.Exchange(ref _isBeating, 1) == 0)
        {
            Last = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _beat().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.BeatFailed(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _isBeating, 0);
        }
    }
}
