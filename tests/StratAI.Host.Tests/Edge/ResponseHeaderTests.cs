using StratAI.Host.Edge;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Edge;

[Collection(EmbeddedShape.Name)]
public sealed class ResponseHeaderTests(EmbeddedHost host)
{
    [Theory]
    [InlineData("GET", "/api/me", 200)]
    [InlineData("GET", "/api/tasks", 200)]
    [InlineData("GET", "/api/tasks/7", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("PUT", "/api/tasks", 405)]
    [InlineData("POST", "/api/tasks", 400)]
    [InlineData("GET", "/health/live", 200)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("GET", "/docs/scalar.js", 200)]
    public async Task Every_answer_tells_browsers_what_it_may_not_be_used_for(string method, string path, int status)
    {
        var user = await host.NewUserAsync();

        var answer = await user.SendAsync(new(method), path, method == "GET" ? null : new StringContent("{", null, "application/json"));

        Assert.Equal(status, answer.Status);
        Assert.Equal(ResponseHeaders.ApiPolicy, answer.Headers["Content-Security-Policy"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Opener-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
        Assert.DoesNotContain("Strict-Transport-Security", answer.Headers.Keys);
        Assert.DoesNotContain("Server", answer.Headers.Keys);
        Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
    }

    [Fact]
    public async Task The_content_of_documents_keeps_its_sandbox()
    {
        var user = await host.NewUserAsync();
        var svg = await user.UploadAsync("drawing.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray(), "image/svg+xml");

        var content = await user.GetAsync($"/api/documents/{svg.Id}/content");

        Assert.EndsWith("sandbox", content.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.StartsWith("attachment", content.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal(("nosniff", "no-referrer"), (content.Headers["X-Content-Type-Options"], content.Headers["Referrer-Policy"]));
    }

    [Fact]
    public async Task The_reference_page_runs_the_scripts_of_this_host_alone_by_a_nonce_of_each_request()
    {
        var user = await host.NewUserAsync();

        var (first, second) = (await user.GetAsync("/docs/"), await user.GetAsync("/docs/"));

        var policy = first.Headers["Content-Security-Policy"];
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.All(first.Text.Split("<script").Skip(1), script => Assert.Contains($"nonce=\"{nonce}\"", script, StringComparison.Ordinal));
        Assert.DoesNotContain("://", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, second.Headers["Content-Security-Policy"]);
        Assert.Equal("no-store", first.Headers["Cache-Control"]);
    }
}
