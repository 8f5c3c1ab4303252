using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;
using StratAI.Testing;

namespace StratAI.Benchmarks.Caching;

/// <summary>
/// The process that waits to see a change. It is told by lines what to watch (<c>key KEY VALUE</c>, or <c>bare KEY VALUE</c> for a bare message beside
/// the same watching), says <c>watching</c>, and then the timestamp at which the value had gone or the message's handler ran.
/// </summary>
internal sealed class VisibilityNode(IVisibleCache cache)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private long _message;

    public static async Task RunAsync(string name, string space)
    {
        // The watching takes one thread for itself; what brings messages must not wait for another to be made.
        ThreadPool.SetMinThreads(8, 8);
        await using var cache = VisibleCaches.Open(name, space);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var node = new VisibilityNode(cache);
        await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal($"{space}:bare"), (_, _) => Volatile.Write(ref node._message, Stopwatch.GetTimestamp()));
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            var seen = await node.WatchAsync(words[1], words[2], forMessage: words[0] == "bare");
            Console.WriteLine(seen.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task<long> WatchAsync(string key, string value, bool forMessage)
    {
        for (var started = Stopwatch.GetTimestamp(); await cache.PeekAsync(key) != value; await Task.Delay(1))
        {
            CheckPatience(started);
            await cache.LoadAsync(key);
        }

        Volatile.Write(ref _message, 0);
        Console.WriteLine("watching");
        return await Task.Run(async () =>
        {
            // Both kinds of watching read L1 all the time, so that the machine bears the same while either message is on its way.
            for (var started = Stopwatch.GetTimestamp(); ; Thread.Yield())
            {
                var isHeld = await cache.PeekAsync(key) == value;
                if (forMessage ? Volatile.Read(ref _message) != 0 : !isHeld)
                {
                    return forMessage ? Volatile.Read(ref _message) : Stopwatch.GetTimestamp();
                }

                CheckPatience(started);
            }
        });
    }

    private static void CheckPatience(long started)
    {
        if (Stopwatch.GetElapsedTime(started) > Patience)
        {
            throw new TimeoutException("The change was not seen.");
        }
    }
}
