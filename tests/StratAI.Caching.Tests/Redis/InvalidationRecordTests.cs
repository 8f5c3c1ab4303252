using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>The record of invalidations in Redis when it is full: it forgets names, and must not forget that there were some.</summary>
public sealed class InvalidationRecordTests : IAsyncLifetime
{
    private const int Capacity = 8;
    private static readonly Content Plain = new(new byte[] { 1 }, IsNull: false, []);

    private readonly RedisSpace _redis = new();
    private readonly LocalLevel _local = new(100, 1_000_000, Stamp.Unknown);
    private RedisLevel _level = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _level = new(Levels.Server(_redis, Capacity), _local, new CacheMetrics(null, "", _local), Levels.Settings(TimeSpan.FromSeconds(5)));
    }

    public async Task DisposeAsync()
    {
        await _level.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("all")]
    [InlineData("forgotten tag")]
    public async Task A_fill_from_before_an_invalidation_is_refused(string what)
    {
        var content = Plain with { Tags = ["t"] };
        var before = (await _level.ReadAsync("k", _local.Now, strict: true, default)).Stamp;
        await _level.RemoveAsync(["other"]);
        await _level.RemoveByTagAsync(["other"]);
        Assert.Equal(FillResult.Stored, await _level.FillAsync("k", content, Levels.Policy(TimeSpan.FromMinutes(1)), before));

        await (what switch
        {
            "key" => _level.RemoveAsync(["k"]),
            "all" => _level.RemoveAllAsync(),
            _ => _level.RemoveByTagAsync(["t"]),
        });
        for (var i = 0; what == "forgotten tag" && i < 3 * Capacity; i++)
        {
            await _level.RemoveByTagAsync([$"other{i}"]);
        }

        Assert.Equal(FillResult.Stale, await _level.FillAsync("k", content, Levels.Policy(TimeSpan.FromMinutes(1)), before));
    }

    [Fact]
    public async Task A_fill_that_claims_to_know_what_has_not_been_is_refused()
    {
        var now = (await _level.ReadAsync("k", _local.Now, strict: true, default)).Stamp;

        Assert.Equal(FillResult.Stale, await _level.FillAsync("k", Plain, Levels.Policy(TimeSpan.FromMinutes(1)), now with { Sequence = now.Sequence + 1 }));
    }

    [Fact]
    public async Task A_forgotten_tag_keeps_its_entries_out()
    {
        await _level.SetAsync("old", Plain with { Tags = ["t"] }, Levels.Policy(TimeSpan.FromMinutes(1)));
        await _level.RemoveByTagAsync(["t"]);
        for (var i = 0; i < 3 * Capacity; i++)
        {
            await _level.RemoveByTagAsync([$"other{i}"]);
        }

        await _level.SetAsync("new", Plain with { Tags = ["t"] }, Levels.Policy(TimeSpan.FromMinutes(1)));

        Assert.False(await HasAsync("old"));
        Assert.True(await HasAsync("new"));
        Assert.InRange(await _redis.Database.SortedSetLengthAsync(_redis.State), 1, Capacity);
    }

    [Fact]
    public async Task A_forgotten_key_keeps_fills_from_before_it_out()
    {
        var before = (await _level.ReadAsync("k", _local.Now, strict: true, default)).Stamp;
        await _level.RemoveAsync(["k"]);
        for (var i = 0; i < 3 * Capacity; i++)
        {
            await _level.RemoveAsync([$"other{i}"]);
        }

        Assert.Equal(FillResult.Stale, await _level.FillAsync("k", Plain, Levels.Policy(TimeSpan.FromMinutes(1)), before));
        Assert.Equal(FillResult.Stored, await _level.FillAsync("k", Plain, Levels.Policy(TimeSpan.FromMinutes(1)), _local.Now));
        Assert.InRange(await _redis.Database.SortedSetLengthAsync(_redis.Names.KeyLog), 1, Capacity);
    }

    [Fact]
    public async Task An_evicted_record_of_keys_keeps_fills_from_before_it_out()
    {
        var before = (await _level.ReadAsync("k", _local.Now, strict: true, default)).Stamp;
        await _level.RemoveAsync(["k"]);
        await _redis.Database.KeyDeleteAsync(_redis.Names.KeyLog);

        Assert.Equal(FillResult.Stale, await _level.FillAsync("k", Plain, Levels.Policy(TimeSpan.FromMinutes(1)), before));
        Assert.Equal(FillResult.Stored, await _level.FillAsync("k", Plain, Levels.Policy(TimeSpan.FromMinutes(1)), _local.Now));
    }

    private async Task<bool> HasAsync(string key) => (await _level.ReadAsync(key, _local.Now, strict: true, default)).Content is not null;
}
