using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

public abstract class LimitsContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private readonly CountingFactory _factory = new();

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("half a pair \ud800")]
    [InlineData("longer than the longest key that is allowed")]
    public async Task With_a_key_that_cannot_be_cached_the_factory_runs_each_time(string key)
    {
        await using var node = CreateNode(options => options.MaximumKeyLength = 20);

        Assert.Equal(1, await node.Cache.GetOrCreateAsync(key, _factory.Next));
        await node.Cache.SetAsync(key, 42);
        await node.Cache.RemoveAsync(key);
        Assert.Equal(2, await node.Cache.GetOrCreateAsync(key, _factory.Next));
    }

    [Fact]
    public async Task With_a_tag_that_cannot_be_kept_the_factory_runs_each_time()
    {
        string[] tags = [new('x', 1025)];

        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next, tags: tags));
        Assert.Equal(2, await Cache.GetOrCreateAsync("k", _factory.Next, tags: tags));
    }

    [Fact]
    public async Task A_value_over_the_payload_limit_is_returned_and_not_cached()
    {
        await using var node = CreateNode(options => options.MaximumPayloadBytes = 10);

        Assert.Equal("12345678901", await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("12345678901")));
        Assert.Equal("1234567890", await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("1234567890")));
        Assert.Equal("1234567890", await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("other")));
    }

    [Fact]
    public async Task A_set_that_cannot_be_cached_still_removes_what_it_replaces()
    {
        await using var node = CreateNode(options => options.MaximumPayloadBytes = 10);
        await node.Cache.SetAsync("k", "short");
        await node.Cache.SetAsync("k", "far too long");

        Assert.Equal("made", await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("made")));
    }

    [Fact]
    public async Task A_type_that_cannot_be_serialised_is_returned_and_not_cached()
    {
        var runs = 0;
        for (var i = 0; i < 2; i++)
        {
            Assert.NotNull(await Cache.GetOrCreateAsync("k", _ => { runs++; return ValueTask.FromResult(new Action(() => { })); }));
        }

        Assert.Equal(2, runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("*")]
    [InlineData(null)]
    public async Task An_entry_cannot_have_a_tag_that_means_nothing_or_everything(string? tag)
    {
        string[] tags = [tag!];

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Cache.SetAsync("k", 1, tags: tags));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Cache.GetOrCreateAsync("k", _factory.Next, tags: tags));
        Assert.Equal(0, _factory.Runs);
    }

    [Fact]
    public async Task Nothing_to_remove_is_not_an_error()
    {
        await Cache.RemoveAsync((IEnumerable<string>)null!);
        await Cache.RemoveAsync([]);
        await Cache.RemoveByTagAsync((IEnumerable<string>)null!);
        await Cache.RemoveByTagAsync(["", " "]);
    }

    [Fact]
    public async Task More_keys_and_tags_than_fit_one_batch_are_all_removed()
    {
        var keys = Enumerable.Range(0, 300).Select(i => $"k{i}").ToArray();
        foreach (var key in keys)
        {
            await Cache.SetAsync(key, -1, tags: [$"tag-{key}"]);
        }

        await Cache.RemoveAsync(keys[..150]);
        await Cache.RemoveByTagAsync(keys[150..].Select(key => $"tag-{key}"));

        foreach (var key in keys)
        {
            Assert.NotEqual(-1, await Cache.GetOrCreateAsync(key, _factory.Next));
        }
    }

    [Fact]
    public async Task L1_stays_within_its_count_and_its_bytes()
    {
        await using var node = CreateNode(options => (options.LocalCapacity, options.LocalCapacityBytes) = (20, 8192));
        await node.TrustedAsync();
        for (var i = 0; i < 100; i++)
        {
            await node.Cache.SetAsync($"small{i}", i);
        }

        Assert.InRange(node.Internals.Local.Count, 1, 20);
        for (var i = 0; i < 100; i++)
        {
            await node.Cache.SetAsync($"large{i}", new string('x', 1000));
            Assert.InRange(node.Internals.Local.Bytes, 1, 8192);
        }

        await node.Cache.RemoveByTagAsync("*");
        Assert.Equal(0, node.Internals.Local.Bytes);
    }
}
