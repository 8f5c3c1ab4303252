using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>One instance of an application, with callers that take one permit after another until they are told to stop.</summary>
internal sealed class LoadedLimiter : IAsyncDisposable
{
    private const int Callers = 4;

    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private readonly RateLimitCheck[] _checks;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _calling;
    private volatile TaskCompletionSource _open = new();
    private int _admitted;
    private int _refused;
    private int _unavailable;
    private int _failures;
    private int _inFlight;
    private long _longest;

    public LoadedLimiter(Action<RateLimitingOptions> configure, RateLimitCheck[] checks)
    {
        _services = new ServiceCollection().AddStratAIRateLimiting(configure).Services.BuildServiceProvider();
        _checks = checks;
        ListenToFailures(_services.GetRequiredService<IMeterFactory>());
        _open.SetResult();
        _calling = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync)));
    }

    public int Admitted => Volatile.Read(ref _admitted);

    /// <summary>Calls that Redis refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Calls that were refused because Redis gave no answer.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    /// <summary>Calls to Redis that gave no answer. Each may have been charged all the same.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>How long the longest call took.</summary>
    public TimeSpan Longest => new(Volatile.Read(ref _longest));

    /// <summary>Ends when no call is under way; none is made until <see cref="Resume"/>.</summary>
    public Task PauseAsync()
    {
        _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Eventually.TrueAsync(() => Volatile.Read(ref _inFlight) == 0, "no call is under way");
    }

    public void Resume() => _open.TrySetResult();

    /// <summary>Ends after the last call, and fails if one of them threw.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Resume();
        await _calling.WaitAsync(TimeSpan.FromSeconds(15));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Resume();
        await _services.DisposeAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private void ListenToFailures(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == RateLimitingDiagnostics.RedisFailures)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _failures, (int)value));
        _listener.Start();
    }

    private async Task CallAsync()
    {
        var limiters = _services.GetRequiredService<IRateLimiters>();
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _inFlight);
            if (!_open.Task.IsCompleted)
            {
                Interlocked.Decrement(ref _inFlight);
                await _open.Task;
                continue;
            }

            var began = Stopwatch.GetTimestamp();
            var decision = await limiters.AcquireAsync(_checks);
            Count(decision, Stopwatch.GetElapsedTime(began).Ticks);
            Interlocked.Decrement(ref _inFlight);
            if (!decision.IsAcquired)
            {
                // Not a synchronisation: a caller that is turned away does not come back at once, and would take the core that the others need.
                await Task.Delay(2);
            }
        }
    }

    private void Count(RateLimitDecision decision, long ticks)
    {
        Interlocked.Increment(ref decision.IsAcquired ? ref _admitted : ref decision.IsDegraded ? ref _unavailable : ref _refused);
        for (var longest = Volatile.Read(ref _longest); ticks > longest;)
        {
            longest = Interlocked.CompareExchange(ref _longest, ticks, longest) is var seen && seen == longest ? ticks : seen;
        }
    }
}
