using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.AspNetCore;

/// <summary>What holds for cached responses, on one instance as on two.</summary>
public abstract class OutputCacheContract : IAsyncLifetime
{
    private readonly NumberedPage _page = new();

    protected WebNode Node { get; private set; } = null!;

    protected WebNode Peer { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Node = await WebNode.StartAsync(Configure, _page.Map);
        Peer = IsDistributed ? await WebNode.StartAsync(Configure, _page.Map) : Node;
    }

    public virtual async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Peer.DisposeAsync();
    }

    protected abstract bool IsDistributed { get; }

    protected abstract void Configure(CachingOptions options);

    [Fact]
    public async Task A_response_is_made_once_and_served_by_every_instance()
    {
        Assert.Equal("1", await Node.Client.GetStringAsync("/page"));
        using var again = await Peer.Client.GetAsync("/page");

        Assert.Equal("1", await again.Content.ReadAsStringAsync());
        Assert.Equal("kept", again.Headers.GetValues("X-Kept").Single());
        Assert.Equal("1", await Peer.Client.GetStringAsync("/page"));
        Assert.Equal(1, _page.Runs);
    }

    [Fact]
    public async Task One_call_evicts_a_tag_from_L1_L2_and_the_output_cache()
    {
        var values = new CountingFactory();
        Assert.Equal(1, await Node.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]));
        Assert.Equal(1, await Peer.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]));
        Assert.Equal(["1", "1"], [await Node.Client.GetStringAsync("/page"), await Peer.Client.GetStringAsync("/page")]);

        await Node.Cache.RemoveByTagAsync("rows");
        await Peer.CaughtUpWithAsync(Node);

        Assert.Equal("2", await Peer.Client.GetStringAsync("/page"));
        Assert.Equal("2", await Node.Client.GetStringAsync("/page"));
        Assert.Equal(2, await Peer.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]));
        Assert.Equal(2, await Node.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]));
    }

    [Fact]
    public async Task The_stores_own_eviction_is_the_same()
    {
        var values = new CountingFactory();
        await Peer.Client.GetStringAsync("/page");
        await Node.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]);

        await Node.Services.GetRequiredService<IOutputCacheStore>().EvictByTagAsync("rows", default);
        await Peer.CaughtUpWithAsync(Node);

        Assert.Equal("2", await Peer.Client.GetStringAsync("/page"));
        Assert.Equal(2, await Node.Cache.GetOrCreateAsync("value", values.Next, tags: ["rows"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_begun_before_an_eviction_and_ended_after_it_is_not_stored(bool told)
    {
        _page.Hold();
        var slow = Node.Client.GetStringAsync("/page");
        await _page.Begun;
        await Peer.Cache.RemoveByTagAsync("rows");
        if (told)
        {
            // Else it may be Redis alone that knows.
            await Node.CaughtUpWithAsync(Peer);
        }

        _page.Release();
        Assert.Equal("1", await slow);

        Assert.Equal("2", await Node.Client.GetStringAsync("/page"));
        Assert.Equal("2", await Peer.Client.GetStringAsync("/page"));
    }

    [Fact]
    public async Task A_response_begun_before_the_eviction_of_another_tag_is_stored()
    {
        _page.Hold();
        var slow = Node.Client.GetStringAsync("/page");
        await _page.Begun;
        await Peer.Cache.RemoveByTagAsync("others");
        _page.Release();
        Assert.Equal("1", await slow);

        Assert.Equal("1", await Node.Client.GetStringAsync("/page"));
        Assert.Equal("1", await Peer.Client.GetStringAsync("/page"));
    }

    [Fact]
    public async Task A_request_that_did_not_look_stores_all_the_same()
    {
        Assert.Equal("1", await Node.Client.GetStringAsync("/page"));
        Assert.Equal("2", await Node.Client.GetStringAsync("/page?refresh"));

        Assert.Equal("2", await Node.Client.GetStringAsync("/page"));
    }

    [Fact]
    public async Task Keys_may_have_any_length_and_character()
    {
        var name = new string('x', 5_000) + "%00%0A\u00e9";

        Assert.Equal("1", await Node.Client.GetStringAsync($"/page?name={name}"));
        Assert.Equal("1", await Peer.Client.GetStringAsync($"/page?name={name}"));
        Assert.Equal("2", await Peer.Client.GetStringAsync($"/page?name={name}x"));
    }

    [Fact]
    public async Task A_response_too_large_or_with_a_tag_that_means_everything_is_answered_and_not_kept()
    {
        Assert.Equal(2_000_000, (await Node.Client.GetStringAsync("/page?size=2000000")).Length);
        Assert.Equal(2_000_000, (await Node.Client.GetStringAsync("/page?size=2000000")).Length);
        Assert.Equal("3", await Node.Client.GetStringAsync("/page?everything"));
        Assert.Equal("4", await Node.Client.GetStringAsync("/page?everything"));
    }
}

public sealed class EmbeddedOutputCacheTests : OutputCacheContract
{
    protected override bool IsDistributed => false;

    protected override void Configure(CachingOptions options)
    {
    }
}

public sealed class RedisOutputCacheTests : OutputCacheContract
{
    private readonly RedisSpace _redis = new();

    public override async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    protected override bool IsDistributed => true;

    protected override void Configure(CachingOptions options) => _redis.Configure(options);

    [Fact]
    public async Task L1_serves_what_this_instance_made_and_what_it_found_in_Redis()
    {
        Assert.Equal("1", await Node.Client.GetStringAsync("/page"));
        Assert.Equal("1", await Peer.Client.GetStringAsync("/page"));
        var entries = (await _redis.KeysAsync()).Where(key => key.ToString().Contains(":e:", StringComparison.Ordinal)).ToArray();
        Assert.Equal(1, await _redis.Database.KeyDeleteAsync(entries));

        Assert.Equal("1", await Node.Client.GetStringAsync("/page"));
        Assert.Equal("1", await Peer.Client.GetStringAsync("/page"));
    }
}
