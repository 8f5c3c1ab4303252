using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;
using StratAI.Benchmarks.Caching;
using StratAI.Testing;

namespace StratAI.Benchmarks.Locking;

/// <summary>
/// From the call that releases to the acquisition by the other of two contenders, which waits by then, beside a bare message from one connection to
/// another. All in one process, on the machine's one clock.
/// </summary>
internal static class HandOver
{
    private const int Warmup = 50;
    private const int Runs = 2_000;
    private const int PeerRuns = 150;

    public static async Task RunAsync()
    {
        await using var space = await RedisSpace.OpenAsync();
        await using var listener = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        TaskCompletionSource<long>? heard = null;
        await listener.GetSubscriber().SubscribeAsync(space.Bare, (_, _) => heard!.TrySetResult(0));

        Console.WriteLine("| from the call to | p50 | p99 | p50 ÷ message | p99 ÷ message |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        await CompareAsync("ours", Runs, new OurContender(space.Name), new OurContender(space.Name), QueuedAsync);
        await CompareAsync("DistributedLock.Redis", PeerRuns, await PeerContender.OpenAsync(space.Name), await PeerContender.OpenAsync(space.Name), PollingAsync);

        async Task CompareAsync(string name, int runs, IContender one, IContender other, Func<Task> waits)
        {
            await using (one)
            await using (other)
            {
                var (bare, handed) = (new List<double>(), new List<double>());
                var held = await one.AcquireAsync("name");
                for (var run = -Warmup; run < runs; run++)
                {
                    var message = await MessageAsync();
                    var next = AcquireAsync(run % 2 == 0 ? other : one);
                    await waits();
                    var released = Stopwatch.GetTimestamp();
                    await held.DisposeAsync();
                    (held, var acquired) = await next;
                    if (run >= 0)
                    {
                        bare.Add(message);
                        handed.Add(Stopwatch.GetElapsedTime(released, acquired).TotalMicroseconds);
                    }
                }

                await held.DisposeAsync();
                Write($"a bare message's handler, beside {name}", bare, bare);
                Write($"{name}: release to acquisition by the other", handed, bare);
            }
        }

        async Task<double> MessageAsync()
        {
            heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = Stopwatch.GetTimestamp();
            var publishing = space.Subscriber.PublishAsync(space.Bare, "message");
            await heard.Task;
            var took = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            await publishing;
            return took;
        }

        async Task QueuedAsync()
        {
            while (await space.Database.SortedSetLengthAsync($"{{{space.Name}:name}}:queue") == 0)
            {
            }
        }
    }

    private static async Task<(IAsyncDisposable Handle, long At)> AcquireAsync(IContender contender)
    {
        var handle = await contender.AcquireAsync("name");
        return (handle, Stopwatch.GetTimestamp());
    }

    /// <summary>The peer has no queue to look into. Its next look comes at a random time; so it is released at one.</summary>
    private static Task PollingAsync() => Task.Delay(Random.Shared.Next(5, 50));

    private static void Write(string name, List<double> times, List<double> bare)
    {
        times.Sort();
        bare.Sort();
        var (p50, p99) = (Percentile(times, 0.50), Percentile(times, 0.99));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {p50:F0} µs | {p99:F0} µs | {p50 / Percentile(bare, 0.50):F2} | {p99 / Percentile(bare, 0.99):F2} |"));
    }

    private static double Percentile(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
}
