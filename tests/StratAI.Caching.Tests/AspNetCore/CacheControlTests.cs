using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.AspNetCore;

public sealed class CacheControlTests : IAsyncLifetime
{
    private WebNode _node = null!;

    public async Task InitializeAsync() => _node = await WebNode.StartAsync(_ => { }, Map);

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    private static void Map(WebApplication app)
    {
        app.UseCacheControl("no-cache");
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapGet("/text", () => "text").WithCacheControl("public, max-age=60");
        app.MapGet("/typed", () => TypedResults.Ok(1)).WithCacheControl(new CacheControlHeaderValue { Private = true, MaxAge = TimeSpan.FromSeconds(5) });
        app.MapGet("/plain", () => "text");
        app.MapGet("/own", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "private, max-age=1";
            return "text";
        }).WithCacheControl("no-store");
        app.MapGet("/varies", (HttpResponse response) =>
        {
            response.Headers.Vary = "Accept-Language";
            return TypedResults.NoContent();
        }).WithCacheControl("private");
        app.MapGet("/part", () => TypedResults.Bytes("0123456789"u8.ToArray(), enableRangeProcessing: true)).WithCacheControl("private, max-age=9");
        app.MapGet("/fresh", () => TypedResults.StatusCode(304)).WithCacheControl("private, max-age=9");
        app.MapGet("/moved", () => TypedResults.Redirect("/text")).WithCacheControl("public, max-age=60");
        app.MapPost("/made", () => TypedResults.Created("/text")).WithCacheControl("no-store");
        app.MapGet("/refused", (HttpResponse response) =>
        {
            (response.Headers.CacheControl, response.Headers.Expires) = ("public, max-age=60", "Thu, 01 Jan 2099 00:00:00 GMT");
            return TypedResults.BadRequest();
        }).WithCacheControl("public, max-age=60");
        app.MapGet("/fails", string () => throw new InvalidOperationException("It fails.")).WithCacheControl("public, max-age=60");
        var group = app.MapGroup("/group").WithCacheControl("private, max-age=7");
        group.MapGet("/outer", () => "text");
        group.MapGet("/inner", () => "text").WithCacheControl("private, max-age=8");
        group.MapGet("/early", async (HttpResponse response) =>
        {
            await response.StartAsync();
            await response.WriteAsync("text");
        });
    }

    [Theory]
    [InlineData("GET /text", 200, "public, max-age=60")]
    [InlineData("GET /typed", 200, "max-age=5, private")]
    [InlineData("GET /plain", 200, "no-cache")]
    [InlineData("GET /own", 200, "private, max-age=1")]
    [InlineData("GET /varies", 204, "private")]
    [InlineData("GET /part", 206, "private, max-age=9")]
    [InlineData("GET /fresh", 304, "private, max-age=9")]
    [InlineData("POST /made", 201, "no-store")]
    [InlineData("GET /group/outer", 200, "private, max-age=7")]
    [InlineData("GET /group/inner", 200, "private, max-age=8")]
    [InlineData("GET /group/early", 200, "private, max-age=7")]
    [InlineData("GET /moved", 302, null)]
    [InlineData("GET /refused", 400, "no-store")]
    [InlineData("GET /fails", 500, "no-store")]
    [InlineData("GET /nowhere", 404, "no-store")]
    [InlineData("POST /text", 405, "no-store")]
    public async Task An_answer_says_how_long_it_may_be_kept(string call, int status, string? expected)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _node.Client.BaseAddress };
        using var request = new HttpRequestMessage(new(call.Split(' ')[0]), call.Split(' ')[1]);
        request.Headers.Range = call.EndsWith("part", StringComparison.Ordinal) ? new(2, 4) : null;
        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(expected, Header(response, "Cache-Control"));
        Assert.Null(Header(response, "Pragma"));
        Assert.False(response.Content.Headers.Contains("Expires"));
        Assert.Equal(call.EndsWith("varies", StringComparison.Ordinal) ? "Accept-Language" : null, Header(response, "Vary"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("max-age")]
    [InlineData("private; max-age=60")]
    [InlineData("public, private")]
    [InlineData("public, no-store")]
    public void A_value_that_means_nothing_is_refused(string value)
    {
        var endpoints = new RouteGroup();

        Assert.Throws<ArgumentException>(nameof(value), () => endpoints.WithCacheControl(value));
        Assert.Throws<ArgumentException>("defaultValue", () => new ApplicationBuilder(_node.Services).UseCacheControl(value));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private sealed class RouteGroup : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
        }
    }
}
