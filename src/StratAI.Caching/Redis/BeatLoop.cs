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
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private long _due;
    private long _done;
    private TaskCompletionSource? _idle;

    public TimeSpan Interval { get; } = settings.Staleness / BeatsPerStaleness;

    public void Start()
    {
        Wake();

        // Without this the loop would live in the activity and the async locals of whichever request made the cache.
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    public void Wake()
    {
        Interlocked.Increment(ref _due);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Beats, and ends when that is over.</summary>
    public Task BeatAsync()
    {
        Wake();
        return IdleAsync();
    }

    /// <summary>Ends when no beat is due or under way.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            return _done == Interlocked.Read(ref _due) ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = settings.Time.CreateTimer(_ => Wake(), null, Interval, Interval);
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                var due = Interlocked.Read(ref _due);
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

                Done(due);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private void Done(long due)
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            _done = due;
            if (due == Interlocked.Read(ref _due))
            {
                (idle, _idle) = (_idle, null);
            }
        }

        idle?.SetResult();
    }
}
