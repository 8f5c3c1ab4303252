using CsCheck;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;
using Xunit.Abstractions;

namespace StratAI.Caching.Tests.Testing;

/// <summary>The stand-in for Redis does what Redis does: random calls of every script, run on both.</summary>
public sealed class MemoryServerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] Keys = ["a", "b", "ü"];
    private static readonly string[] Tags = ["t", "ä", "uv", "w", "x", "y"];
    private static readonly string[] Sessions = ["s"];
    // Whatever is left of one, it is seconds away from the limits that scripts compare it with.
    private static readonly long[] Lifetimes = [60_000, 600_000, 6_000_000];

    private static readonly string[] All =
    [
        "state", "keys", Records.NoSession, .. Keys.Select(Records.Entry), .. Keys.Select(Records.Lease), .. Sessions.Select(Records.Session),
    ];

    private readonly RedisSpace _redis = new();
    private int _runs;

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public Task Any_calls_of_its_scripts_do_on_it_what_they_do_on_Redis() =>
        Gen.Select(Gen.Int[3, 9], Gen.Select(Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[0, 999]).Array[1, 40]).SampleAsync(
            async (capacity, steps) =>
            {
                var names = new RedisNames(new CachingOptions { Namespace = $"{_redis.Namespace}-{Interlocked.Increment(ref _runs)}" }, "");
                await using var pair = new ServerPair(_redis.Database, names, capacity);
                await pair.StartAsync();
                foreach (var (kind, one, other) in steps)
                {
                    await StepAsync(pair, kind, one, other);
                }

                await pair.AssertAlikeAsync(All);
            },
            output.WriteLine,
            iter: Fuzz.Times(300),
            threads: 1);

    private static Task StepAsync(ServerPair pair, int kind, int one, int other)
    {
        var (key, lifetime) = (Keys[one % Keys.Length], Lifetimes[other % Lifetimes.Length]);
        var (session, remember) = one % 2 == 0 ? (Records.Session("s"), lifetime) : (Records.NoSession, 0L);
        var content = new Content(new byte[other % 5], IsNull: false, Some(Tags, other));
        var (head, rest) = Payload.Write(content, TimeSpan.FromMilliseconds(other % 2 == 0 ? 0 : 330_000), null);
        return kind switch
        {
            < 12 => pair.RunAsync(Scripts.Read, [.. Some(Keys, one).Select(Records.Entry)]),
            < 20 => pair.GetAsync(key),
            < 28 => pair.RunAsync(Scripts.Claim, [Records.Entry(key), Records.Lease(key)], Token(other), lifetime, one % 2 == 0 ? 0 : 105_000),
            < 32 => pair.RunAsync(Scripts.Renew, [Records.Lease(key)], Token(other), lifetime),
            < 36 => pair.RunAsync(Scripts.Release, [Records.Lease(key)], Token(other), InvalidationMessage.Body(InvalidationKind.Released, [key])),
            < 48 => pair.RunAsync(
                Scripts.Fill, [Records.Entry(key)], [pair.Sequence - (one % 7) + 1, head, rest, lifetime, key, .. content.Tags.Select(tag => (RedisValue)tag)]),
            < 54 => pair.RunAsync(Scripts.Verify, [], [pair.Sequence - (one % 7) + 1, key, .. content.Tags.Select(tag => (RedisValue)tag)]),
            < 62 => pair.RunAsync(Scripts.Set, [session, Records.Entry(key)], remember, "kx", head, rest, lifetime, key),
            < 68 => pair.RunAsync(
                Scripts.Remove,
                [session, .. Some(Keys, other).Select(Records.Entry)],
                [remember, "kx", .. Some(Keys, other).Select(name => (RedisValue)name)]),
            < 76 => pair.RunAsync(Scripts.RemoveByTag, [session], [remember, "tx", .. Some(Tags, other).Select(name => (RedisValue)name)]),
            < 78 => pair.RunAsync(Scripts.RemoveAll, [session], remember, "a"),
            < 80 => pair.RunAsync(Scripts.Session, [session]),
            < 84 => pair.RunAsync(Scripts.Sync, [], pair.Sequence + (one % 3 == 0 ? 2 : 0)),
            84 => pair.TakeOverAsync(),
            < 88 => pair.DeleteAsync(All[one % All.Length]),
            < 90 => pair.SetForeignAsync(All[one % All.Length]),
            < 94 => CorruptAsync(pair, Records.Entry(key), one, other),
            _ => pair.AgeAsync(All[one % All.Length], TimeSpan.FromMilliseconds(lifetime)),
        };
    }

    /// <summary>Truncates an entry, changes one of its bytes, or makes it persistent.</summary>
    private static async Task CorruptAsync(ServerPair pair, string record, int one, int other)
    {
        if (await pair.FindAsync(record) is not { Length: > 0 } bytes)
        {
            return;
        }

        var at = other % bytes.Length;
        bytes[at] = one % 3 == 0 ? (byte)one : bytes[at];
        await pair.SetRawAsync(record, one % 3 == 1 ? bytes[..at] : bytes, one % 3 == 2 ? null : TimeSpan.FromSeconds(400));
    }

    private static RedisValue Token(int number) => number % 2 == 0 ? "one" : "other";

    private static string[] Some(string[] names, int which) => [.. names.Where((_, index) => (which >> index) % 2 == 1)];
}
