using StackExchange.Redis;
using StratAI.Benchmarks.Caching;

namespace StratAI.Benchmarks.Locking;

/// <summary>To acquire and release what nobody else wants, over two bare script calls and over the peer, each pair in turns.</summary>
internal static class PairedMutexes
{
    private const string Set = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
    private const string Delete = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    public static async Task RunAsync()
    {
        await using var space = await RedisSpace.OpenAsync();
        await using var ours = new OurContender(space.Name);
        await using var peer = await PeerContender.OpenAsync(space.Name);
        Console.WriteLine("| in turns | baseline | compared | ratio |");
        Console.WriteLine("|---|---:|---:|---:|");
        await Paired.CompareAsync("acquire and release: ours over two bare script calls", BareAsync, () => UseAsync(ours));
        await Paired.CompareAsync("acquire and release: DistributedLock.Redis over two bare script calls", BareAsync, () => UseAsync(peer));
        await Paired.CompareAsync("acquire and release: ours over DistributedLock.Redis", () => UseAsync(peer), () => UseAsync(ours));

        async Task BareAsync()
        {
            RedisKey[] keys = [$"{space.Name}:bare"];
            await space.Database.ScriptEvaluateAsync(Set, keys, ["owner", 30_000]);
            await space.Database.ScriptEvaluateAsync(Delete, keys, ["owner"]);
        }
    }

    private static async Task UseAsync(IContender contender)
    {
        await using var handle = await contender.AcquireAsync("name");
    }
}
