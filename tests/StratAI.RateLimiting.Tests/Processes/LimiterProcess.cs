using System.Globalization;
using StratAI.Testing;
using StratAI.Testing.Processes;

namespace StratAI.RateLimiting.Tests.Processes;

/// <summary>A limiter in a process of its own, with a clock that may be off. It takes permits of one policy.</summary>
internal sealed class LimiterProcess : IAsyncDisposable
{
    private const string Policy = "p";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildProcess _process;
    private int _admitted;
    private string? _end;

    public LimiterProcess(string prefix, RateLimitPolicy policy, TimeSpan clock)
    {
        Clock = clock;
        _process = new(
            "StratAI.RateLimiting.Node",
            [
                $"Clock={clock}",
                $"RateLimiting:Configuration={TestServers.Redis}",
                $"RateLimiting:KeyPrefix={prefix}",
                // The longest there is: what is tested is not the deadline.
                "RateLimiting:RedisTimeout=00:00:30",
                .. SettingsOf(policy),
            ],
            Hear);
    }

    public TimeSpan Clock { get; }

    /// <summary>The permits it has told of. Once it has ended, or was killed and that awaited, all that it ever told of.</summary>
    public int Admitted => Volatile.Read(ref _admitted);

    /// <summary>Waits until it is connected.</summary>
    public Task ReadyAsync() => Task.WhenAny(_ready.Task, _process.Ended).WaitAsync(Patience);

    /// <summary>Takes permits until it was refused so often, and ends.</summary>
    /// <returns>How often it was refused and how often it decided without Redis; <see langword="null"/> if it was killed.</returns>
    public async Task<string?> TakeAsync(string key, int attempts, int refusals)
    {
        await ReadyAsync();
        try
        {
            _process.Say($"take {Policy} {key} {attempts} {refusals}");
        }
        catch (IOException)
        {
            // Killed before.
        }

        await _process.Ended.WaitAsync(Patience);
        return _end;
    }

    /// <summary>SIGKILL, whatever it is about.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static IEnumerable<string> SettingsOf(RateLimitPolicy policy) =>
        from property in typeof(RateLimitPolicy).GetProperties()
        where property.CanWrite
        select string.Create(CultureInfo.InvariantCulture, $"Policies:{Policy}:{property.Name}={property.GetValue(policy)}");

    private void Hear(string line)
    {
        switch (line)
        {
            case "+":
                Interlocked.Increment(ref _admitted);
                break;
            case "ready":
                _ready.TrySetResult();
                break;
            default:
                _end = line;
                break;
        }
    }
}
