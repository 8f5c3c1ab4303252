using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

/// <summary>Two instances of an application on one Redis; the messages to the second are held back.</summary>
public sealed class ReadYourWritesTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly List<IAsyncDisposable> _started = [];
    private WatchedServer _server = null!;
    private CacheNode _writerNode = null!;
    private CacheNode _readerNode = null!;
    private HttpClient _writer = null!;
    private HttpClient _reader = null!;
    private string _source = "old";
    private int _runs;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _writerNode = _redis.CreateNode();
        _readerNode = _redis.CreateNode(services: WatchedServer.In(_redis, server => _server = server));
        (_writer, _reader) = (await StartAsync(_writerNode), await StartAsync(_readerNode));
        await _writerNode.TrustedAsync();
        await _readerNode.TrustedAsync();
        Assert.Equal("old", await _reader.GetStringAsync("/read"));
        _server.HoldMessages();
    }

    public async Task DisposeAsync()
    {
        _started.Reverse();
        foreach (var started in _started)
        {
            await started.DisposeAsync();
        }

        await _readerNode.DisposeAsync();
        await _writerNode.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("tag")]
    [InlineData("star")]
    [InlineData("set")]
    public async Task The_session_that_wrote_reads_what_it_wrote_on_the_other_instance_at_once(string how)
    {
        await SendAsync(_writer, $"/write/new?how={how}", "me");

        Assert.Equal("new", await SendAsync(_reader, "/read", "me"));
        Assert.Equal("new", await SendAsync(_reader, "/many", "me"));
    }

    [Fact]
    public async Task Other_sessions_may_see_the_old_value_until_word_has_come_and_none_after()
    {
        await SendAsync(_writer, "/write/new?how=remove", "me");

        Assert.Equal("old", await SendAsync(_reader, "/read", "you"));
        Assert.Equal("old", await SendAsync(_reader, "/read", null));

        _server.ReleaseMessages();
        await _readerNode.CaughtUpWithAsync(_writerNode);
        Assert.Equal("new", await SendAsync(_reader, "/read", "you"));
    }

    [Fact]
    public async Task A_request_without_a_session_after_one_with_a_session_has_none()
    {
        await SendAsync(_reader, "/read", "me");
        var asked = _server.Runs(Scripts.Session);

        await SendAsync(_reader, "/read", null);

        Assert.Equal(asked, _server.Runs(Scripts.Session));
    }

    [Fact]
    public async Task A_request_costs_one_call_however_often_it_reads_and_none_when_it_does_not()
    {
        await SendAsync(_reader, "/nothing", "me");
        Assert.Equal(0, _server.Runs(Scripts.Session));

        await SendAsync(_reader, "/thrice", "me");
        Assert.Equal(1, _server.Runs(Scripts.Session));

        await SendAsync(_reader, "/read", "me");
        Assert.Equal((2, 0), (_server.Runs(Scripts.Session), _server.Gets - 1));
    }

    [Fact]
    public async Task Once_word_of_the_write_has_come_L1_is_read_again()
    {
        await SendAsync(_writer, "/write/new?how=remove", "me");
        await SendAsync(_reader, "/read", "me");
        _server.ReleaseMessages();
        await _readerNode.CaughtUpWithAsync(_writerNode);
        await SendAsync(_reader, "/read", "me");
        var (gets, reads) = (_server.Gets, _server.Runs(Scripts.Read));

        Assert.Equal("new", await SendAsync(_reader, "/read", "me"));

        Assert.Equal((gets, reads), (_server.Gets, _server.Runs(Scripts.Read)));
    }

    [Fact]
    public async Task While_Redis_is_gone_a_session_reads_from_the_factory()
    {
        await SendAsync(_writer, "/write/new?how=remove", "me");
        _server.IsGone = true;
        var before = _runs;

        Assert.Equal("new", await SendAsync(_reader, "/read", "me"));
        Assert.Equal("new", await SendAsync(_reader, "/many", "me"));
        Assert.Equal(before + 2, _runs);
    }

    [Fact]
    public async Task Nothing_is_kept_in_Redis_for_ever_and_no_session_is_named_there()
    {
        await SendAsync(_writer, "/write/new?how=remove", "secret-session");

        var keys = await _redis.KeysAsync();
        var session = Assert.Single(keys, key => key.ToString().Contains(":w:", StringComparison.Ordinal));
        Assert.InRange((await _redis.Database.KeyTimeToLiveAsync(session))!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(keys, key => key.ToString().Contains("secret", StringComparison.Ordinal));
        foreach (var key in keys)
        {
            Assert.NotNull(await _redis.Database.KeyTimeToLiveAsync(key));
        }
    }

    [Fact]
    public async Task A_read_by_a_session_that_wrote_nothing_leaves_nothing()
    {
        await SendAsync(_reader, "/read", "me");

        Assert.DoesNotContain(await _redis.KeysAsync(), key => key.ToString().Contains(":w:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cache_in_one_process_needs_nothing_of_it()
    {
        await using var node = new CacheNode(_ => { });
        using var client = await StartAsync(node);

        Assert.Equal("old", await SendAsync(client, "/read", "me"));
        await SendAsync(client, "/write/new?how=remove", "me");
        Assert.Equal("new", await SendAsync(client, "/read", "me"));
    }

    private static async Task<string> SendAsync(HttpClient client, string path, string? session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (session is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Session", session);
        }

        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpClient> StartAsync(CacheNode node)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseReadYourWrites(context => AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var session) ? session.Parameter : null);
        app.UseRouting();
        app.MapGet("/nothing", (RequestDelegate)(context => context.Response.WriteAsync("nothing")));
        app.MapGet("/read", (RequestDelegate)(async context => await context.Response.WriteAsync(await ReadAsync(node.Cache))));
        app.MapGet("/thrice", (RequestDelegate)(async context =>
            await context.Response.WriteAsync(await ReadAsync(node.Cache) + await ReadAsync(node.Cache) + await ReadAsync(node.Cache))));
        app.MapGet("/many", (RequestDelegate)(async context => await context.Response.WriteAsync(
            (await node.Cache.GetOrCreateManyAsync(["k"], key => key, (_, _) => new ValueTask<IReadOnlyDictionary<string, string>>(Many())))["k"])));
        app.MapGet("/write/{value}", (RequestDelegate)(async context => await WriteAsync(node.Cache, context)));
        await app.StartAsync();
        _started.Add(app);
        return new() { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    private Dictionary<string, string> Many() => new() { ["k"] = Make() };

    private ValueTask<string> ReadAsync(HybridCache cache) => cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(Make()), tags: ["t"]);

    private string Make()
    {
        Interlocked.Increment(ref _runs);
        return _source;
    }

    private async ValueTask WriteAsync(HybridCache cache, HttpContext context)
    {
        _source = (string)context.Request.RouteValues["value"]!;
        await ((string?)context.Request.Query["how"] switch
        {
            "remove" => cache.RemoveAsync("k"),
            "tag" => cache.RemoveByTagAsync("t"),
            "star" => cache.RemoveByTagAsync("*"),
            _ => cache.SetAsync("k", _source, tags: ["t"]),
        });
    }
}
