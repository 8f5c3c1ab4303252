using Microsoft.AspNetCore.Builder;
using StratAI.Host.Edge;
using StratAI.Host.Hosting;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Edge;

[Collection(EmbeddedShape.Name)]
public sealed class OriginTests(EmbeddedHost host)
{
    private const string App = "https://app.example.com";

    [Fact]
    public async Task Pages_of_the_named_origins_may_call_and_read_what_clients_need()
    {
        await using var instance = new HostInstance(host.SettingsApart(("Cors:Origins", $"{App}, http://localhost:3000"), ("Limits:Policies:ip:PermitLimit", "2")));
        using var http = instance.Anonymous();
        var page = new ApiClient(http, "");

        // Preflights have no token and count for no limit, however many there are.
        for (var preflights = 0; preflights < 4; preflights++)
        {
            var preflight = await PreflightAsync(page, App, "PATCH", "authorization,content-type,if-match,idempotency-key,last-event-id");
            Assert.Equal((204, App, "3600"), (preflight.Status, preflight.Headers["Access-Control-Allow-Origin"], preflight.Headers["Access-Control-Max-Age"]));
            Assert.Contains("PATCH", preflight.Headers["Access-Control-Allow-Methods"], StringComparison.Ordinal);
            foreach (var header in new[] { "Authorization", "If-Match", "Idempotency-Key", "Last-Event-ID" })
            {
                Assert.Contains(header, preflight.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
            }
        }

        // An error is an answer that a page must be able to read, up to the last one.
        foreach (var status in new[] { 401, 401, 429 })
        {
            var answer = await page.GetAsync("/api/me", ("Origin", App));
            Assert.Equal((status, App, "Origin"), (answer.Status, answer.Headers["Access-Control-Allow-Origin"], answer.Headers["Vary"]));
            foreach (var header in new[] { "ETag", "Location", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id", "Idempotency-Replayed" })
            {
                Assert.Contains(header, answer.Headers["Access-Control-Expose-Headers"].Split(','));
            }

            Assert.DoesNotContain("Access-Control-Allow-Credentials", answer.Headers.Keys);
            Assert.Equal("cross-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
        }
    }

    [Fact]
    public async Task Pages_of_other_origins_are_told_nothing()
    {
        await using var instance = new HostInstance(host.SettingsApart(("Cors:Origins:0", App)));
        using var http = instance.Anonymous();
        var page = new ApiClient(http, "");

        foreach (var origin in new[] { "https://evil.example.com", "https://app.example.com.evil.com", "https://app.example.com:8443", "http://app.example.com", "null" })
        {
            var answers = new[] { await PreflightAsync(page, origin, "GET", "authorization"), await page.GetAsync("/health/live", ("Origin", origin)) };
            Assert.All(answers, answer => Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control-Allow", StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public async Task With_no_origin_named_there_is_no_preflight()
    {
        using var http = host.Host.Anonymous();
        var preflight = await PreflightAsync(new(http, ""), App, "GET", "authorization");
        Assert.Equal(405, preflight.Status);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example.com/")]
    [InlineData("app.example.com")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://me@app.example.com")]
    [InlineData("null")]
    public void What_is_no_origin_ends_the_start(string origin)
    {
        var exception = Assert.Throws<StartupException>(() => WebApplication.CreateBuilder([$"--Cors:Origins={App},{origin}"]).AddEdge());
        Assert.Contains($"Cors:Origins has '{origin}'", exception.Message, StringComparison.Ordinal);
    }

    private static Task<Answer> PreflightAsync(ApiClient page, string origin, string method, string headers) => page.SendAsync(
        HttpMethod.Options, "/api/tasks", null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));
}
