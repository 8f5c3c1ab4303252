using System.Threading.Channels;
using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>Runs a check five times per allowed staleness, and whenever it is woken; one at a time, until it is disposed.</summary>
/// <param name="settings">Times and logger.</param>
/// <param name="beat">The check.</param>
/// <param name="failed">Called when Redis fails it.</param>
internal sealed class BeatLoop(RedisLevelSettings settings, Func<CancellationToken, Task> beat, Action<Exception> failed) : IAsyncDisposable
{
    private const int BeatsPerStaleness = 5;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;

    public TimeSpan Interval { get; } = settings.Staleness / BeatsPerStaleness;

    public void Start()
    {
        // Without this the loop would live in the activity and the async locals of whichever request made the cache.
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = settings.Time.CreateTimer(_ => Wake(), null, Interval, Interval);
        Wake();
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                try
                {
                    await beat(_stopping.Token).ConfigureAwait(false);
                }
                catch (Exception error) when (error is TimeoutException or RedisException)
                {
                    failed(error);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    settings.Logger.LinkFailed(error);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }
}
