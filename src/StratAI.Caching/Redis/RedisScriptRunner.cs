using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Redis;

/// <summary>
/// Runs the scripts of one cache, each within the timeout and behind one breaker. A failure is an answer of <see langword="null"/>, never an exception.
/// </summary>
internal sealed class RedisScriptRunner(RedisConnection connection, RedisLevelSettings settings, CacheMetrics metrics)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CircuitBreaker _breaker = new(FailuresToOpen, Pause, settings.Time);
    private string? _channel;

    public bool IsOpen => _breaker.IsOpen;

    /// <param name="operation">Its name in log lines.</param>
    /// <param name="script">One of <see cref="Scripts"/>.</param>
    /// <param name="entries">The entries that follow the two keys every script takes.</param>
    /// <param name="values">The arguments that follow the three every script takes.</param>
    /// <param name="cancellationToken">Ends the wait; the script may run all the same.</param>
    public ValueTask<RedisResult?> TryRunAsync(
        string operation, string script, string[] entries, RedisValue[] values, CancellationToken cancellationToken = default) =>
        TryRunOnKeysAsync(operation, script, Array.ConvertAll(entries, settings.Names.Entry), values, cancellationToken);

    /// <summary>The same for keys that need not be entries.</summary>
    public async ValueTask<RedisResult?> TryRunOnKeysAsync(
        string operation, string script, RedisKey[] others, RedisValue[] values, CancellationToken cancellationToken = default)
    {
        if (!_breaker.TryEnter())
        {
            metrics.SharedError("open");
            return null;
        }

        try
        {
            var running = RunAsync(script, others, values);
            Observe(running);
            var result = await running.WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false);
            if (_breaker.Succeeded())
            {
                settings.Logger.BreakerClosed();
            }

            return result;
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
            return null;
        }
    }

    private async Task<RedisResult> RunAsync(string script, RedisKey[] others, RedisValue[] values)
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        RedisKey[] keys = [settings.Names.State, settings.Names.KeyLog, .. others];
        RedisValue[] arguments = [(long)settings.Retention.TotalMilliseconds, settings.LogCapacity, ChannelOf(database), .. values];
        return await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
    }

    private string ChannelOf(IDatabase database)
    {
        if (_channel is null)
        {
            // The client puts its channel prefix before what it subscribes to, but cannot do so inside a script.
            var prefix = ConfigurationOptions.Parse(database.Multiplexer.Configuration).ChannelPrefix;
            _channel = (string?)prefix + settings.Names.Channel(database.Database);
        }

        return _channel;
    }

    /// <summary>A call that is no longer waited for may still fail; that must not surface as an unobserved exception.</summary>
    internal static void Observe(Task task) =>
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
