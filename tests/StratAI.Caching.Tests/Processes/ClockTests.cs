using System.Buffers.Binary;
using System.Diagnostics;
using StackExchange.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Processes;

/// <summary>One clock is right, one an hour ahead and one two hours behind; their timestamps run from other origins too.</summary>
public sealed class ClockTests : ProcessTests
{
    private const string Lasting = "00:30:00";

    [Fact]
    public async Task A_clock_that_is_off_changes_nothing()
    {
        var nodes = await StartAsync([TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromHours(-2)]);
        foreach (var writer in nodes)
        {
            NodeProcess[] others = [.. nodes.Where(node => node != writer)];
            await SharesAsync(writer, others);
            await RemovesAsync(writer, nodes);
            await RemovesByTagAsync(writer, nodes);
            await ExpiresAsync(writer, nodes);
        }

        await CheckNothingOfAClockIsInRedisAsync();
    }

    private async Task SharesAsync(NodeProcess writer, NodeProcess[] others)
    {
        await writer.Ask($"set shared {writer.Id} {Lasting}");
        await ReadsAsync($"{writer.Id}", "shared", others);
        Assert.InRange((await Redis.Database.KeyTimeToLiveAsync(Redis.Entry("shared")))!.Value, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
    }

    private static async Task RemovesAsync(NodeProcess writer, NodeProcess[] nodes)
    {
        await writer.Ask($"set removed old {Lasting}");
        await ReadsAsync("old", "removed", nodes);
        await writer.Ask("remove removed");
        await ReadsAsync(await writer.Ask("get removed"), "removed", nodes);
        Assert.StartsWith($"{writer.Id}/", await writer.Ask("get removed"), StringComparison.Ordinal);
    }

    private static async Task RemovesByTagAsync(NodeProcess writer, NodeProcess[] nodes)
    {
        await writer.Ask($"set tagged old {Lasting} t");
        await ReadsAsync("old", "tagged", nodes);
        await writer.Ask("tag t");
        await ReadsAsync(await writer.Ask("get tagged t"), "tagged", nodes);
        Assert.StartsWith($"{writer.Id}/", await writer.Ask("get tagged t"), StringComparison.Ordinal);
    }

    /// <summary>An entry that one of them stores expires for all; none keeps it longer, none misses it before.</summary>
    private async Task ExpiresAsync(NodeProcess writer, NodeProcess[] nodes)
    {
        await writer.Ask("set short lived 00:00:02");
        await ReadsAsync("lived", "short", nodes);
        var before = await RunsAsync("short");
        foreach (var node in nodes)
        {
            await ExpiredAsync(node);
        }

        Assert.Equal(before + 1, await RunsAsync("short"));
    }

    private static async Task ExpiredAsync(NodeProcess node)
    {
        for (var asked = Stopwatch.GetTimestamp(); await node.Ask("get short") == "lived";)
        {
            Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(10), "The entry does not expire.");
        }
    }

    private async Task CheckNothingOfAClockIsInRedisAsync()
    {
        var now = (await Redis.Server.TimeAsync()) - DateTime.UnixEpoch;
        var sequences = new List<long>();
        foreach (var key in await Redis.KeysAsync())
        {
            if (await Redis.Database.KeyTypeAsync(key) == RedisType.SortedSet)
            {
                sequences.AddRange((await Redis.Database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => (long)entry.Score));
            }
            else if ((byte[]?)await Redis.Database.StringGetAsync(key) is [(byte)'S', (byte)'C', ..] payload)
            {
                sequences.Add(BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(4)));
            }
        }

        Assert.NotEmpty(sequences);
        Assert.All(sequences, sequence => Assert.InRange(now.TotalMicroseconds - sequence, 0, TimeSpan.FromMinutes(2).TotalMicroseconds));
    }
}
