using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

public abstract class ReadWriteContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private readonly CountingFactory _factory = new();

    [Fact]
    public async Task A_miss_runs_the_factory_and_a_hit_does_not()
    {
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("other", _factory.Next));
    }

    [Fact]
    public async Task Set_replaces_what_was_cached()
    {
        await Cache.GetOrCreateAsync("k", _factory.Next);
        await Cache.SetAsync("k", 42);

        Assert.Equal(42, await Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task Remove_takes_the_keys_it_names_and_no_others()
    {
        foreach (var key in new[] { "a", "b", "c" })
        {
            await Cache.SetAsync(key, 42);
        }

        await Cache.RemoveAsync(["a", "b"]);
        await Cache.RemoveAsync("never there");

        Assert.Equal(1, await Cache.GetOrCreateAsync("a", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("b", _factory.Next));
        Assert.Equal(42, await Cache.GetOrCreateAsync("c", _factory.Next));
    }

    [Fact]
    public async Task Remove_by_tag_takes_every_entry_with_the_tag_until_it_is_made_anew()
    {
        await Cache.SetAsync("a", 42, tags: ["red", "round"]);
        await Cache.SetAsync("b", 42, tags: ["red"]);
        await Cache.SetAsync("c", 42, tags: ["round"]);
        await Cache.SetAsync("d", 42);

        await Cache.RemoveByTagAsync("red");

        Assert.Equal(1, await Cache.GetOrCreateAsync("a", _factory.Next, tags: ["red"]));
        Assert.Equal(1, await Cache.GetOrCreateAsync("a", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("b", _factory.Next));
        Assert.Equal(42, await Cache.GetOrCreateAsync("c", _factory.Next));
        Assert.Equal(42, await Cache.GetOrCreateAsync("d", _factory.Next));
    }

    [Fact]
    public async Task Remove_by_several_tags_takes_the_entries_of_each()
    {
        await Cache.SetAsync("a", 42, tags: ["red"]);
        await Cache.SetAsync("b", 42, tags: ["round"]);

        await Cache.RemoveByTagAsync(["red", "round"]);

        Assert.Equal(1, await Cache.GetOrCreateAsync("a", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("b", _factory.Next));
    }

    [Fact]
    public async Task Remove_by_the_tag_star_takes_everything()
    {
        await Cache.SetAsync("a", 42, tags: ["red"]);
        await Cache.SetAsync("b", 42);

        await Cache.RemoveByTagAsync("*");

        Assert.Equal(1, await Cache.GetOrCreateAsync("a", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("b", _factory.Next));
        Assert.Equal(2, await Cache.GetOrCreateAsync("b", _factory.Next));
    }

    [Fact]
    public async Task An_entry_lives_until_its_expiration_and_no_longer()
    {
        var options = new HybridCacheEntryOptions { Expiration = TimeSpan.FromMinutes(1) };
        await Cache.GetOrCreateAsync("k", _factory.Next, options);

        await PassAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next, options));

        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await Cache.GetOrCreateAsync("k", _factory.Next, options));
    }

    [Fact]
    public async Task The_default_expiration_holds_where_the_call_sets_none()
    {
        await using var node = CreateNode(options => options.Default.Expiration = TimeSpan.FromSeconds(10));
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", 42);

        Assert.Equal(42, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        node.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.False(node.HoldsLocally("k"));
    }

    [Fact]
    public async Task L1_holds_an_entry_no_longer_than_its_local_expiration()
    {
        await Cache.SetAsync("k", 42, new() { Expiration = TimeSpan.FromMinutes(5), LocalCacheExpiration = TimeSpan.FromSeconds(1) });
        Assert.True(Node.HoldsLocally("k"));

        Node.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(Node.HoldsLocally("k"));
    }

    [Fact]
    public async Task With_no_lifetime_nothing_is_cached_and_set_removes()
    {
        var none = new HybridCacheEntryOptions { Expiration = TimeSpan.Zero };
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next, none));
        Assert.Equal(2, await Cache.GetOrCreateAsync("k", _factory.Next));

        await Cache.SetAsync("k", 42, none);

        Assert.Equal(3, await Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task Null_is_cached()
    {
        var runs = 0;
        for (var i = 0; i < 2; i++)
        {
            Assert.Null(await Cache.GetOrCreateAsync<List<int>?>("list", _ => { runs++; return new((List<int>?)null); }));
            Assert.Null(await Cache.GetOrCreateAsync<int?>("number", _ => { runs++; return new((int?)null); }));
        }

        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task Callers_do_not_see_what_others_did_to_a_mutable_value()
    {
        var made = await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new List<int> { 1 }));
        made.Add(2);
        var second = await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new List<int>()));
        Assert.Equal([1], second);
        second.Add(3);

        Assert.Equal([1], await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new List<int>())));
    }

    [Fact]
    public async Task Set_keeps_what_was_given_and_not_what_becomes_of_it()
    {
        byte[] bytes = [1, 2, 3];
        await Cache.SetAsync("k", bytes);
        bytes[0] = 9;

        Assert.Equal([1, 2, 3], await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(Array.Empty<byte>())));
    }

    [Fact]
    public async Task An_immutable_value_is_shared()
    {
        var made = await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Settled("a")));

        Assert.Same(made, await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Settled("b"))));
    }

    [Fact]
    public async Task Another_type_under_the_same_key_is_a_miss()
    {
        await Cache.SetAsync("k", "text");

        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task Structures_and_tuples_come_back_whole()
    {
        await Cache.SetAsync("tuple", (Number: 7, Text: "seven"));
        await Cache.SetAsync("dictionary", new Dictionary<string, int[]> { ["a"] = [1, 2] });

        Assert.Equal((7, "seven"), await Cache.GetOrCreateAsync("tuple", _ => ValueTask.FromResult((0, ""))));
        var dictionary = await Cache.GetOrCreateAsync("dictionary", _ => ValueTask.FromResult(new Dictionary<string, int[]>()));
        Assert.Equal([1, 2], dictionary["a"]);
    }

    [Fact]
    public async Task A_registered_serializer_is_used()
    {
        await using var node = CreateNode(null, services => services.AddSingleton<IHybridCacheSerializer<Opaque>, OpaqueSerializer>());
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", new Opaque("secret"));

        Assert.Equal("secret", (await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Opaque("made")))).Read());
    }

    [Fact]
    public async Task A_registered_serializer_factory_is_used()
    {
        await using var node = CreateNode(null, services => services.AddSingleton<IHybridCacheSerializerFactory, OpaqueSerializerFactory>());
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", new Opaque("secret"));

        Assert.Equal("secret", (await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Opaque("made")))).Read());
    }

    [ImmutableObject(true)]
    private sealed record Settled(string Name);
}
