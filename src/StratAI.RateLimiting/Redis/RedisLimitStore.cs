using System.Buffers.Binary;
using System.Buffers.Text;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Redis;

/// <summary>The buckets in Redis, decided by one script call on the server's clock.</summary>
/// <remarks>
/// All keys carry the same hash tag, so that any combination of buckets can be charged in one script on Cluster too. The price is that they
/// all live on one shard.
/// </remarks>
internal sealed class RedisLimitStore : IAsyncDisposable
{
    private readonly RedisConnection _connection;
    private readonly string _tag;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Func<long>? _clock;

    /// <param name="connection">Disposed with this store.</param>
    /// <param name="options">Key prefix and deadline.</param>
    /// <param name="time">Measures the deadline.</param>
    /// <param name="clock">In place of the server's clock, in microseconds of the Unix epoch: for tests.</param>
    public RedisLimitStore(RedisConnection connection, RateLimitingOptions options, TimeProvider time, Func<long>? clock = null)
    {
        (_connection, _time, _clock) = (connection, time, clock);
        _tag = $"{{{options.KeyPrefix}}}:";
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

    public async Task<LimitReply> AcquireAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        var call = EvaluateAsync(requests);
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

    /// <summary>Connects, so that the first decision does not have to do so within its deadline.</summary>
    public Task ConnectAsync() => _connection.GetMultiplexerAsync().AsTask();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    internal RedisKey KeyOf(LimitKey key)
    {
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(hash, key.Hash);
        return $"{_tag}{key.Policy}:{Base64Url.EncodeToString(hash)}";
    }

    private async Task<LimitReply> EvaluateAsync(LimitRequest[] requests)
    {
        var keys = Array.ConvertAll(requests, request => KeyOf(request.Key));
        var values = new RedisValue[(requests.Length * GcraScript.ArgumentsPerKey) + (_clock is null ? 0 : 1)];
        for (var i = 0; i < requests.Length; i++)
        {
            var (gcra, charge) = (requests[i].Gcra, requests[i].Charge);
            var first = i * GcraScript.ArgumentsPerKey;
            values[first] = gcra.WindowMicros;
            values[first + 1] = gcra.Limit;
            values[first + 2] = charge.Micros;
            values[first + 3] = charge.Numerator;
            values[first + 4] = charge.Takes ? 1 : 0;
        }

        if (_clock is not null)
        {
            values[^1] = _clock();
        }

        var database = await _connection.GetDatabaseAsync().ConfigureAwait(false);
        var text = _clock is null ? GcraScript.Text : GcraScript.TextWithGivenTime;
        var result = (long[])(await database.ScriptEvaluateAsync(text, keys, values).ConfigureAwait(false))!;
        var states = new GcraState[requests.Length];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = new(result[(2 * i) + 2], result[(2 * i) + 3], requests[i].Gcra.Limit);
        }

        return new(result[0] == 1, result[1], states);
    }
}
