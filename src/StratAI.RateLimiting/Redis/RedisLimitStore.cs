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
        WithinDeadlineAsync(AcquireAsync(requests), cancellationToken);

    /// <summary>Connects, so that the first decision does not have to do so within its deadline.</summary>
    public Task ConnectAsync() => _connection.GetMultiplexerAsync().AsTask();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<T> WithinDeadlineAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(_timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Nobody awaits the call any more; its failure, if it comes to that, is not an unobserved one.
            _ = call.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }
    }

    private async Task<LimitReply> AcquireAsync(LimitRequest[] requests)
    {
        var database = await _connection.GetDatabaseAsync().ConfigureAwait(false);
        return IsOfOneGroup(requests) || !IsCluster(database.Multiplexer)
            ? await EvaluateAsync(database, requests).ConfigureAwait(false)
            : await AcquireOverSlotsAsync(database, requests).ConfigureAwait(false);
    }

    private async Task<LimitReply> EvaluateAsync(IDatabase database, LimitRequest[] requests)
    {
        var arguments = new ScriptArguments(requests, _clock);
        var script = _clock is null ? LimitScript.OnServerClock : LimitScript.OnGivenClock;
        var result = await script.EvaluateAsync(database, _keys.Of(requests), arguments.Values).ConfigureAwait(false);
        return ScriptArguments.Read(requests, (long[])result!);
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
