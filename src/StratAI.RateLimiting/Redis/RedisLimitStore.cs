using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Redis;

/// <summary>The buckets in Redis, decided by one script call on the server's clock.</summary>
/// <remarks>
/// On Cluster a script runs only where all its keys are. The buckets of one group share a slot; a call that touches several groups is one call to each
/// of their slots at once, and what some took is given back when another refuses.
/// </remarks>
internal sealed partial class RedisLimitStore : IAsyncDisposable
{
    private readonly RedisConnection _connection;
    private readonly RedisKeys _keys;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Func<long>? _clock;
    private bool? _isCluster;

    /// <param name="connection">Disposed with this store.</param>
    /// <param name="options">Key prefix and deadline.</param>
    /// <param name="time">Measures the deadline.</param>
    /// <param name="clock">In place of the server's clock, in microseconds of the Unix epoch: for tests.</param>
    public RedisLimitStore(RedisConnection connection, RateLimitingOptions options, TimeProvider time, Func<long>? clock = null)
    {
        (_connection, _time, _clock) = (connection, time, clock);
        _keys = new(options.KeyPrefix);
        _timeout = options.RedisTimeout;
    }

    /// <summary>Why a call failed, if it is Redis that gave no answer; <see langword="null"/> for anything else.</summary>
    public static string? FailureReason(Exception exception) => exception switch
    {
        TimeoutException => "timeout",
        RedisConnectionException or ObjectDisposedException => "connection",
        RedisException or RedisCommandException => "error",
        _ => null,
    };

    public Task<LimitReply> AcquireAsync(LimitRequest[] requests, CancellationToken cancellationToken) =>
        WithinDeadlineAsync(AcquireAsync(requests), DeadlineOf(requests), cancellationToken);

    /// <summary>Connects, so that the first decision does not have to do so within its deadline.</summary>
    public Task ConnectAsync() => _connection.GetMultiplexerAsync().AsTask();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private Task<T> WithinDeadlineAsync<T>(Task<T> call, CancellationToken cancellationToken) => WithinDeadlineAsync(call, _timeout, cancellationToken);

    private async Task<T> WithinDeadlineAsync<T>(Task<T> call, TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(deadline, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Nobody awaits the call any more; its failure, if it comes to that, is not an unobserved one.
            _ = call.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }
    }

    // Awaits as little as it can: a decision waits for Redis once, and each layer that does costs it a little more.
    private Task<LimitReply> AcquireAsync(LimitRequest[] requests)
    {
        var connecting = _connection.GetDatabaseAsync();
        return connecting.IsCompletedSuccessfully ? AcquireAsync(connecting.Result, requests) : AwaitAsync(connecting.AsTask());

        async Task<LimitReply> AwaitAsync(Task<IDatabase> connecting) => await AcquireAsync(await connecting.ConfigureAwait(false), requests).ConfigureAwait(false);
    }

    private Task<LimitReply> AcquireAsync(IDatabase database, LimitRequest[] requests) =>
        IsOfOneGroup(requests) || !IsCluster(database.Multiplexer) ? EvaluateAsync(database, requests) : AcquireOverSlotsAsync(database, requests);

    private async Task<LimitReply> EvaluateAsync(IDatabase database, LimitRequest[] requests)
    {
        var (keys, values) = (_keys.Of(requests), new ScriptArguments(requests, _clock).Values);
        var script = LimitScript.Script.On(_clock);
        RedisResult result;
        try
        {
            result = await script.SendAsync(database, keys, values).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (RedisScript.IsUnknown(error))
        {
            result = await script.SendTextAsync(database, keys, values).ConfigureAwait(false);
        }

        return ScriptArguments.Read(requests, (long[])result!);
    }

    private TimeSpan DeadlineOf(LimitRequest[] requests)
    {
        TimeSpan? shortest = null;
        foreach (ref readonly var request in requests.AsSpan())
        {
            var own = request.Policy.RedisTimeout ?? _timeout;
            shortest = own < (shortest ?? TimeSpan.MaxValue) ? own : shortest;
        }

        return shortest ?? _timeout;
    }

    private static bool IsOfOneGroup(LimitRequest[] requests)
    {
        for (var i = 1; i < requests.Length; i++)
        {
            if (requests[i].Key.Group != requests[0].Key.Group)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsCluster(IConnectionMultiplexer multiplexer)
    {
        if (_isCluster is { } known)
        {
            return known;
        }

        var connected = multiplexer.GetServers().Where(server => server.IsConnected).ToList();
        if (connected.Count == 0)
        {
            return false;
        }

        var isCluster = connected.Exists(server => server.ServerType == ServerType.Cluster);
        _isCluster = isCluster;
        return isCluster;
    }
}
