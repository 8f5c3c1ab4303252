using System.Text;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    public static TheoryData<string> ValidKeys => new(
        "plain",
        "with space and+plus",
        "percent %41 %2F %",
        "accents/déjà-vu/日本語/😀",
        "e\u0301/é",
        "UPPER/upper/Upper",
        "...",
        "..a/b../c.",
        "!*'();:@&=$,?#[]{}|\\^`\"<>~",
        "con/nul/aux.txt",
        "a~o/b~d/c~c",
        " leading and trailing ",
        "\u00A0\u2028");

    [Theory]
    [MemberData(nameof(ValidKeys))]
    public async Task Keys_of_any_characters_are_kept_apart_and_come_back_in_a_listing(string suffix)
    {
        var key = Prefix + suffix;
        await Store.PutTextAsync(key, "it");
        await Store.PutTextAsync(key + "x", "another");

        Assert.Equal("it", await Store.ReadTextAsync(key));
        Assert.Equal([key, key + "x"], (await Store.ListAsync(key).ToListAsync()).Select(info => info.Key));
        await Store.DeleteAsync(key);
        Assert.Null(await Store.StatAsync(key));
    }

    [Theory]
    [InlineData("k")]
    [InlineData("é")]
    [InlineData("😀")]
    [InlineData("a/")]
    public async Task A_key_may_be_1024_bytes_long_and_no_longer(string part)
    {
        var room = MaximumKeyBytes - Prefix.Length;
        var key = Prefix + string.Concat(Enumerable.Repeat(part, room / Encoding.UTF8.GetByteCount(part))).TrimEnd('/');
        key += new string('z', MaximumKeyBytes - Encoding.UTF8.GetByteCount(key));

        await Store.PutTextAsync(key, "long");
        await Store.PutTextAsync(key[..^1] + "#", "beside it");

        Assert.Equal("long", await Store.ReadTextAsync(key));
        Assert.Equal(4, (await Store.StatAsync(key))!.Size);
        Assert.Equal([key], (await Store.ListAsync(key).ToListAsync()).Select(info => info.Key));
        await Store.DeleteAsync(key);
        Assert.Empty(await Store.ListAsync(key).ToListAsync());
        await Store.PutTextAsync(key + "z", "").FailsWithAsync(ObjectStoreFailure.InvalidKey);
    }

    [Fact]
    public async Task A_key_outside_the_rules_is_refused_by_every_operation()
    {
        foreach (var key in new[] { "", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\nb", "a\0b", "a\u0085", "\uD83D", "\uFFFE" })
        {
            await Store.PutTextAsync(key, "x").FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.GetAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.StatAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Store.DeleteAsync(key).FailsWithAsync(ObjectStoreFailure.InvalidKey);
            await Signer.SignGetAsync(key, TimeSpan.FromMinutes(1)).FailsWithAsync(ObjectStoreFailure.InvalidKey);
        }
    }

    [Fact]
    public async Task Keys_may_be_beginnings_of_each_other()
    {
        await Store.PutTextAsync(Prefix + "a/b/c", "deep");
        await Store.PutTextAsync(Prefix + "a", "top");
        await Store.PutTextAsync(Prefix + "a/b", "middle");

        await Store.DeleteAsync(Prefix + "a/b");

        Assert.Equal("top", await Store.ReadTextAsync(Prefix + "a"));
        Assert.Equal("deep", await Store.ReadTextAsync(Prefix + "a/b/c"));
        Assert.Null(await Store.ReadTextAsync(Prefix + "a/b"));
    }

    [Fact]
    public async Task A_listing_is_in_order_of_the_keys_bytes_and_has_just_the_prefix()
    {
        var long64 = new string('n', 64);
        string[] keys =
        [
            "a", "a!", "a-b", "a/", "a.b", "a0", "A", "ab/c", "ab", "é", "z", "\uFF5E", "😀",
            long64, long64 + "!", long64 + "/x", long64 + "a", long64[1..], long64[1..] + "/y", long64 + long64, long64 + long64 + "/z",
        ];
        keys = [.. keys.Select(key => Prefix + (key.EndsWith('/') ? key + "b" : key))];
        await Task.WhenAll(keys.Select(key => Store.PutTextAsync(key, key)));
        var ordered = keys.OrderBy(Encoding.UTF8.GetBytes, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))).ToArray();

        foreach (var prefix in new[] { "", "a", "a/", "ab", "n", long64, long64 + "/", long64 + "n", "é", "none" })
        {
            var listed = await Store.ListAsync(Prefix + prefix).ToListAsync();
            Assert.Equal(ordered.Where(key => key.StartsWith(Prefix + prefix, StringComparison.Ordinal)), listed.Select(info => info.Key));
        }

        var one = Assert.Single(await Store.ListAsync(Prefix + "ab/c").ToListAsync());
        var stat = await Store.StatAsync(Prefix + "ab/c");
        Assert.Equal((stat!.Size, stat.ETag, null, 0), (one.Size, one.ETag, one.ContentType, one.Metadata.Count));
        Assert.InRange(one.LastModified - stat.LastModified, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_listing_goes_on_over_a_thousand_objects()
    {
        await Parallel.ForAsync(0, 1005, async (i, _) => await Store.PutTextAsync($"{Prefix}{i:D4}", ""));

        var listed = await Store.ListAsync(Prefix).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 1005).Select(i => $"{Prefix}{i:D4}"), listed.Select(info => info.Key));
    }
}
