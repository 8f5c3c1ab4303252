using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>Runs the scripts for one instance, each within the timeout, and knows whether it makes sense to try.</summary>
internal sealed class MutexCalls(RedisConnection connection, MutexKeys names, MutexSettings settings)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CircuitBreaker _breaker = new(FailuresToOpen, Pause, settings.Time);
    private readonly RedisValue _lease = (long)settings.Lease.TotalMilliseconds;
    private readonly RedisValue _place = (long)settings.Place.TotalMilliseconds;
    private RedisValue _channels;

    /// <summary>After how long another attempt makes sense.</summary>
    public TimeSpan RetryAfter => _breaker.RetryAfter is var left && left > TimeSpan.Zero ? left : Pause;

    /// <summary>Whether an attempt may be made by one who can be refused instead.</summary>
    public bool TryEnter() => _breaker.TryEnter();

    public ValueTask<IDatabase> GetDatabaseAsync() => connection.GetDatabaseAsync();

    /// <summary>Runs a script whether or not others failed. Throws whatever the client does, or <see cref="TimeoutException"/>.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, MutexTicket ticket, bool waits = false, CancellationToken cancellationToken = default)
    {
        Task<RedisResult>? running = null;
        try
        {
            running = EvaluateAsync(script, ticket, waits);
            var result = await running.WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false);
            if (_breaker.Succeeded())
            {
                settings.Logger.MutexRedisAnswers();
            }

            return result;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_breaker.Failed())
            {
                settings.Logger.MutexRedisFails(error);
            }

            throw;
        }
        finally
        {
            running?.Abandon();
        }
    }

    /// <summary>Tries until it was run, but no longer than what it ends would last by itself.</summary>
    public async Task RunUntilDoneAsync(RedisScript script, MutexTicket ticket)
    {
        var began = settings.Time.GetTimestamp();
        do
        {
            try
            {
                await RunAsync(script, ticket).ConfigureAwait(false);
                return;
            }
            catch (Exception)
            {
                await Task.Delay(settings.Place, settings.Time, CancellationToken.None).ConfigureAwait(false);
            }
        }
        while (settings.Time.GetElapsedTime(began) < settings.Lease);
    }

    private async Task<RedisResult> EvaluateAsync(RedisScript script, MutexTicket ticket, bool waits)
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        if (_channels.IsNull)
        {
            // The client puts its channel prefix before what it subscribes to, but cannot do so inside a script.
            var prefix = ConfigurationOptions.Parse(database.Multiplexer.Configuration).ChannelPrefix;
            _channels = (string?)prefix + names.Channels;
        }

        RedisValue[] values = [ticket.Id, _lease, _place, _channels, waits];
        try
        {
            return await Send(() => database.ScriptEvaluateAsync(script.Hash, ticket.Keys, values, CommandFlags.DemandMaster)).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (RedisScript.IsUnknown(error))
        {
            return await Send(() => database.ScriptEvaluateAsync(script.Text, ticket.Keys, values, CommandFlags.DemandMaster)).ConfigureAwait(false);
        }

        // This may come to run long after its caller gave up, when the client has connected or Redis has said that it does not know the script.
        Task<RedisResult> Send(Func<Task<RedisResult>> send) => script == MutexScripts.Acquire ? ticket.Ask(send) : send();
    }
}
