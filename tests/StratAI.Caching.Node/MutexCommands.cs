using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;
using StratAI.Caching.Locking;

namespace StratAI.Caching.Node;

/// <summary>
/// Work under a mutex on a counter in Redis that is read, and written back a moment later. The counter refuses tokens lower than the highest it has seen. It has a
/// connection of its own: who is cut off from the mutex still reaches it.
/// </summary>
internal sealed class MutexCommands(IDistributedMutex mutex, IDatabase database, string space)
{
    /// <summary>Answers the counter, or nothing where the token is too low.</summary>
    private const string Read = """
        if tonumber(ARGV[1]) < tonumber(redis.call('HGET', KEYS[1], 'token') or '0') then return false end
        redis.call('HSET', KEYS[1], 'token', ARGV[1])
        return redis.call('HGET', KEYS[1], 'counter') or '0'
        """;

    /// <summary>Writes the counter and counts that it was written, or counts that the token was too low.</summary>
    private const string Write = """
        if tonumber(ARGV[1]) < tonumber(redis.call('HGET', KEYS[1], 'token') or '0') then
          redis.call('HINCRBY', KEYS[1], 'refused', 1)
          return 0
        end
        redis.call('HSET', KEYS[1], 'token', ARGV[1], 'counter', ARGV[2])
        redis.call('HINCRBY', KEYS[1], 'written', 1)
        return 1
        """;

    private readonly ConcurrentDictionary<string, (IMutexHandle Handle, long Counter)> _held = new();

    /// <summary>Acquires it and reads the counter.</summary>
    public async Task<string> HoldAsync(string name)
    {
        var handle = await mutex.AcquireAsync(name);
        _held[name] = (handle, await ReadAsync(handle) ?? throw new InvalidOperationException("A new holder was refused."));
        return $"{handle.FencingToken}";
    }

    /// <summary>Writes the counter it read, plus one. Answers whether that was taken and whether the lease is known to be lost.</summary>
    public async Task<string> WriteAsync(string name)
    {
        var (handle, counter) = _held[name];
        var written = await WriteAsync(handle, counter + 1);
        return $"{(written ? "written" : "refused")} {(handle.Lost.IsCancellationRequested ? "lost" : "held")}";
    }

    public async Task<string> FreeAsync(string name)
    {
        await _held[name].Handle.DisposeAsync();
        return "done";
    }

    /// <summary>Counts under the mutex for that long. Answers how often it was written, refused, and how often the mutex could not be acquired.</summary>
    public async Task<string> ContendAsync(string name, TimeSpan duration)
    {
        var (written, refused, failed) = (0, 0, 0);
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration;)
        {
            try
            {
                await using var handle = await mutex.AcquireAsync(name, TimeSpan.FromSeconds(2));
                if (await ReadAsync(handle) is not { } counter)
                {
                    refused++;
                    continue;
                }

                // Not a synchronisation: time in which a second holder, were there one, would read the same counter.
                await Task.Delay(1);
                _ = await WriteAsync(handle, counter + 1) ? written++ : refused++;
            }
            catch (Exception error) when (error is TimeoutException or MutexUnavailableException)
            {
                failed++;
                // Redis is away for this process: asked without a pause it would take the core that the others need.
                await Task.Delay(10);
            }
        }

        return $"{written} {refused} {failed}";
    }

    private RedisKey Counter => $"{{{space}}}:counter";

    private async Task<long?> ReadAsync(IMutexHandle handle) => (long?)await database.ScriptEvaluateAsync(Read, [Counter], [handle.FencingToken]);

    private async Task<bool> WriteAsync(IMutexHandle handle, long counter) =>
        (long)await database.ScriptEvaluateAsync(Write, [Counter], [handle.FencingToken, counter.ToString(CultureInfo.InvariantCulture)]) == 1;
}
