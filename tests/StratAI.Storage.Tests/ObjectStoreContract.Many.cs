using System.Text;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>Conditions, copies, and what concerns many objects.</summary>
public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_get_on_condition_opens_the_object_it_means_and_no_other()
    {
        var first = await Store.PutTextAsync(Prefix + "a", "one");
        await Store.GetAsync(Prefix + "a", new() { IfNoneMatch = first.ETag }).FailsWithAsync(ObjectStoreFailure.NotModified);
        Assert.Equal("one", await ReadAsync(new() { IfMatch = first.ETag }));
        Assert.Equal("ne", await ReadAsync(new() { IfMatch = first.ETag, Range = new(1) }));

        var second = await Store.PutTextAsync(Prefix + "a", "two");
        await Store.GetAsync(Prefix + "a", new() { IfMatch = first.ETag }).FailsWithAsync(ObjectStoreFailure.PreconditionFailed);
        Assert.Equal("two", await ReadAsync(new() { IfNoneMatch = first.ETag }));
        Assert.Null(await Store.GetAsync(Prefix + "no", new() { IfMatch = second.ETag }));
        Assert.Null(await Store.GetAsync(Prefix + "no", new() { IfNoneMatch = second.ETag }));

        async Task<string> ReadAsync(GetOptions options)
        {
            await using var content = await Store.GetAsync(Prefix + "a", options);
            return Encoding.UTF8.GetString(await content!.Stream.ReadToEndAsync());
        }
    }

    [Theory]
    [MemberData(nameof(ValidKeys))]
    public async Task A_copy_has_the_bytes_type_and_metadata_of_its_source(string name)
    {
        var (source, copy) = (Prefix + name, Prefix + "copies/" + name);
        var original = await Store.PutTextAsync(source, "hello", new() { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["x"] = "1" } });

        var copied = await Store.CopyAsync(source, copy);
        var stat = await Store.StatAsync(copy);

        Assert.Equal("hello", await Store.ReadTextAsync(copy));
        foreach (var info in new[] { copied!, stat! })
        {
            Assert.Equal((copy, 5L, "text/plain", stat!.ETag), (info.Key, info.Size, info.ContentType, info.ETag));
            Assert.Equal([("x", "1")], info.Metadata.Select(pair => (pair.Key, pair.Value)));
        }

        Assert.Equal(original.ETag, (await Store.StatAsync(source))!.ETag);
    }

    [Fact]
    public async Task A_copy_replaces_what_is_there_and_has_type_and_metadata_of_its_own_where_given()
    {
        await Store.PutTextAsync(Prefix + "a", "hello", new() { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["x"] = "1" } });
        await Store.PutTextAsync(Prefix + "b", "older and longer");

        await Store.CopyAsync(Prefix + "a", Prefix + "b", new() { ContentType = "text/markdown" });
        await Store.CopyAsync(Prefix + "a", Prefix + "a", new() { Metadata = new Dictionary<string, string> { ["Y"] = "2" } });

        var (a, b) = (await Store.StatAsync(Prefix + "a"), await Store.StatAsync(Prefix + "b"));
        Assert.Equal(("text/plain", "y", "2"), (a!.ContentType, a.Metadata.Single().Key, a.Metadata.Single().Value));
        Assert.Equal(("text/markdown", "x", "1"), (b!.ContentType, b.Metadata.Single().Key, b.Metadata.Single().Value));
        Assert.Equal(("hello", "hello"), (await Store.ReadTextAsync(Prefix + "a"), await Store.ReadTextAsync(Prefix + "b")));
    }

    [Fact]
    public async Task A_copy_of_nothing_is_null_and_leaves_the_destination()
    {
        await Store.PutTextAsync(Prefix + "kept", "x");

        Assert.Null(await Store.CopyAsync(Prefix + "no", Prefix + "kept"));
        Assert.Equal("x", await Store.ReadTextAsync(Prefix + "kept"));
        await Store.CopyAsync("../no", Prefix + "kept").FailsWithAsync(ObjectStoreFailure.InvalidKey);
        await Store.CopyAsync(Prefix + "kept", "/no").FailsWithAsync(ObjectStoreFailure.InvalidKey);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.CopyAsync(Prefix + "kept", Prefix + "b", new() { ContentType = "nonsense" }));
    }

    [Fact]
    public async Task Many_are_deleted_at_once_and_those_that_are_not_there_are_no_error()
    {
        var names = new[] { "a", "a b", "a+b", "a&b", "a<b>\"c'", "%41", "ü/😀", "deep/er" };
        foreach (var name in names)
        {
            await Store.PutTextAsync(Prefix + name, "x");
        }

        await Store.PutTextAsync(Prefix + "kept", "x");

        Assert.Empty(await Store.DeleteManyAsync([.. names.Select(name => Prefix + name), Prefix + "no", Prefix + "a"]));
        Assert.Equal([Prefix + "kept"], (await Store.ListAsync(Prefix).ToListAsync()).Select(item => item.Key));
        Assert.Empty(await Store.DeleteManyAsync([]));
    }

    [Fact]
    public async Task Of_many_to_delete_a_wrong_key_is_found_before_any_is_deleted()
    {
        await Store.PutTextAsync(Prefix + "a", "x");

        await Store.DeleteManyAsync([Prefix + "a", "../a"]).FailsWithAsync(ObjectStoreFailure.InvalidKey);

        Assert.NotNull(await Store.StatAsync(Prefix + "a"));
    }

    [Fact]
    public async Task A_listing_goes_on_behind_any_key()
    {
        var names = new[] { "a", "a/b", "a/b/c", "a/c", "a+", "b", "ä", new string('l', 64), new string('l', 64) + "/x", new string('l', 65) };
        foreach (var name in names)
        {
            await Store.PutTextAsync(Prefix + name, "x");
        }

        var all = (await Store.ListAsync(Prefix).ToListAsync()).Select(item => item.Key).ToList();
        Assert.Equal(all.OrderBy(key => key, Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)))), all);
        for (var i = 0; i < all.Count; i++)
        {
            Assert.Equal(all[(i + 1)..], (await Store.ListAsync(Prefix, all[i]).ToListAsync()).Select(item => item.Key));
        }

        // A key that is not there, one behind all of them, and one before the prefix.
        Assert.Equal(all.Where(key => string.CompareOrdinal(key, Prefix + "a/bb") > 0), (await Store.ListAsync(Prefix, Prefix + "a/bb").ToListAsync()).Select(item => item.Key));
        Assert.Empty(await Store.ListAsync(Prefix, Prefix + "\U0010FFFD").ToListAsync());
        Assert.Equal(all.Count, (await Store.ListAsync(Prefix, "!").ToListAsync()).Count);
        Assert.Equal(all.Where(key => key.StartsWith(Prefix + "a/", StringComparison.Ordinal)).Skip(1), (await Store.ListAsync(Prefix + "a/", Prefix + "a/b").ToListAsync()).Select(item => item.Key));
    }
}
