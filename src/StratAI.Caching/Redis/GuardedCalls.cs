using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared;

namespace StratAI.Caching.Redis;

/// <summary>
/// Calls to the server of one cache, each within the timeout and behind one breaker. A failure is an answer of
/// <see langword="null"/>, never an exception.
/// </summary>
internal sealed class GuardedCalls(ICacheServer server, RedisLevelSettings settings, CacheMetrics metrics)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CircuitBreaker _breaker = new(FailuresToOpen, Pause, settings.Time);

    public bool IsOpen => _breaker.IsOpen;

    /// <summary>Makes calls again, without waiting for the next probe.</summary>
    public void Close() => _breaker.Succeeded();

    /// <param name="key">The entry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StoredEntry?> TryGetAsync(string key, CancellationToken cancellationToken) =>
        TryAsync("get", (server, key), static call => call.server.GetAsync(call.key), static found => (StoredEntry?)found, cancellationToken);

    /// <param name="operation">Its name in log lines.</param>
    /// <param name="script">One of <see cref="Scripts"/>.</param>
    /// <param name="records">The keys that follow the two every script takes.</param>
    /// <param name="values">The arguments that follow the three every script takes.</param>
    /// <param name="cancellationToken">Ends the wait; the script may run all the same.</param>
    public ValueTask<RedisResult?> TryRunAsync(
        string operation, string script, string[] records, RedisValue[] values, CancellationToken cancellationToken = default) =>
        TryAsync(
            operation,
            (server, script, records, values),
            static call => call.server.RunAsync(call.script, call.records, call.values),
            static result => (RedisResult?)result,
            cancellationToken);

    private async ValueTask<TAnswer?> TryAsync<TCall, TResult, TAnswer>(
        string operation, TCall call, Func<TCall, Task<TResult>> run, Func<TResult, TAnswer?> answer, CancellationToken cancellationToken)
    {
        if (!_breaker.TryEnter())
        {
            metrics.SharedError("open");
            return default;
        }

        try
        {
            var running = run(call);
            Observe(running);
            var result = await running.WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false);
            if (_breaker.Succeeded())
            {
                settings.Logger.BreakerClosed();
            }

            return answer(result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            metrics.SharedError(Reason(error));
            if (_breaker.Failed())
            {
                settings.Logger.BreakerOpened(error, operation);
            }

            settings.Logger.RedisFailed(error, operation);
            return default;
        }
    }

    /// <summary>A call that is no longer waited for may still fail; that must not surface as an unobserved exception.</summary>
    private static void Observe(Task task) =>
        _ = task.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private static string Reason(Exception error) => error switch
    {
        TimeoutException => "timeout",
        RedisConnectionException => "connection",
        RedisServerException => "server",
        _ => "other",
    };
}
