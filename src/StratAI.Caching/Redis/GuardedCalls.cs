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

    /// <summary>The same for a caller whom nobody waits for: it gets the answer also when it is the one that tries whether the breaker may close.</summary>
    public ValueTask<RedisResult?> TryRunInBackgroundAsync(string operation, string script, RedisValue[] values, CancellationToken cancellationToken)
    {
        if (_breaker.TryEnter())
        {
            return CallAsync(
                operation,
                (server, script, values),
                static call => call.server.RunAsync(call.script, [], call.values),
                static result => (RedisResult?)result,
                cancellationToken);
        }

        metrics.SharedError("open");
        return new((RedisResult?)null);
    }

    private ValueTask<TAnswer?> TryAsync<TCall, TResult, TAnswer>(
        string operation, TCall call, Func<TCall, Task<TResult>> run, Func<TResult, TAnswer?> answer, CancellationToken cancellationToken)
    {
        var probes = _breaker.IsOpen;
        if (!_breaker.TryEnter())
        {
            metrics.SharedError("open");
            return default;
        }

        if (probes)
        {
            // While the breaker is open nobody waits, not even for the call that tries whether it may close. What that call does counts
            // as not done, which is no more wrong than for one that timed out.
            metrics.SharedError("open");
            _ = CallAsync(operation, call, run, answer, CancellationToken.None).AsTask();
            return default;
        }

        return CallAsync(operation, call, run, answer, cancellationToken);
    }

    private async ValueTask<TAnswer?> CallAsync<TCall, TResult, TAnswer>(
        string operation, TCall call, Func<TCall, Task<TResult>> run, Func<TResult, TAnswer?> answer, CancellationToken cancellationToken)
    {
        Task<TResult>? running = null;
        try
        {
            running = run(call);
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
            if (!IsSentAway(error) && _breaker.Failed())
            {
                settings.Logger.BreakerOpened(error, operation);
            }

            settings.Logger.RedisFailed(error, operation);
            return default;
        }
        finally
        {
            running?.Abandon();
        }
    }

    /// <summary>
    /// While its slot moves, a Cluster sends away a script one of whose keys is not there. That comes at once, and calls that name
    /// other entries, above all the question for the sequence, still work: nobody is spared anything by not making them.
    /// </summary>
    private static bool IsSentAway(Exception error) => error is RedisServerException && error.Message.StartsWith("TRYAGAIN", StringComparison.Ordinal);

    private static string Reason(Exception error) => error switch
    {
        TimeoutException => "timeout",
        RedisConnectionException => "connection",
        RedisServerException => "server",
        _ => "other",
    };
}
