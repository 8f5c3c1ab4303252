using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>What holds for every request: the form of errors, bounds, ids, headers.</summary>
public abstract class RequestTests(HostFixture host)
{
    [Fact]
    public async Task Bad_requests_get_problem_documents()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            malformed = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", """{"title": "x", """)),
            notAnObject = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", "[1]")),
            nothing = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", "")),
            nullBody = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", "null")),
            unknownProperty = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", """{"title": "x", "colour": "red"}""")),
            nestedUnknown = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks/batch", """{"tasks": [{"title": "x", "colour": "red"}]}""")),
            twice = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", """{"title": "x", "title": "y"}""")),
            loneSurrogate = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", """{"title": "\ud800"}""")),
            notJson = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/tasks", "title=x", "application/x-www-form-urlencoded")),
            patchNotJson = scrubber.Show(await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", "theme=dark", "text/plain")),
            patchNotAnObject = scrubber.Show(await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", "[]")),
            patchMalformed = scrubber.Show(await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", "{")),
            patchTwice = scrubber.Show(await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", """{"theme": "dark", "theme": "light"}""")),
            tooLarge = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "x", notes = new string('x', 1_100_000) })),
            unknownRoute = scrubber.Show(await user.GetAsync("/api/nothing")),
            notAnId = scrubber.Show(await user.GetAsync("/api/tasks/7")),
            wrongMethod = scrubber.Show(await user.PutAsync("/api/tasks", new { })),
        });
    }

    [Fact]
    public async Task Deeply_nested_json_is_refused_and_not_run_into()
    {
        var user = await host.NewUserAsync();
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 20_000)) + "1" + new string('}', 20_000);
        var answer = await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", $$"""{"settings": {{deep}}}""");
        Assert.Equal((400, "malformed-json"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("abc-123", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    public async Task A_safe_request_id_is_echoed_and_another_replaced(string id, bool echoed)
    {
        var answer = await (await host.NewUserAsync()).GetAsync("/api/me", ("X-Request-Id", id));
        Assert.Equal(echoed, answer.Headers["X-Request-Id"] == id);
        Assert.NotEmpty(answer.Headers["X-Request-Id"]);
        Assert.NotEmpty(answer.Headers["X-Instance-Id"]);
    }

    [Fact]
    public async Task An_error_too_carries_the_request_id_and_the_instance()
    {
        var answer = await (await host.NewUserAsync()).SendRawAsync(HttpMethod.Post, "/api/tasks", "{");
        Assert.NotEmpty(answer.Headers["X-Request-Id"]);
        Assert.NotEmpty(answer.Headers["X-Instance-Id"]);
    }

    [Fact]
    public async Task Answers_carry_rate_limit_headers_and_past_the_limit_429()
    {
        var user = await host.NewUserAsync();
        var answer = await user.GetAsync("/api/me");
        Assert.Contains("\"user\";q=600;w=60", answer.Headers["RateLimit-Policy"], StringComparison.Ordinal);
        Assert.Contains("\"user\";r=", answer.Headers["RateLimit"], StringComparison.Ordinal);

        // The smallest limit there is: 60 uploads a minute. What is refused for its type is an upload all the same.
        Answer last;
        var tries = 0;
        do
        {
            last = await user.UploadAsync("x.bin", [0, 1, 2, 3]);
        }
        while (last.Status != 429 && ++tries < 70);

        Assert.Equal(429, last.Status);
        Assert.Equal("quota-exceeded", last.Code);
        Assert.InRange(int.Parse(last.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.InRange(tries, 60, 62);
    }

    [Fact]
    public async Task The_hosts_own_pages_answer()
    {
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "");
        Assert.Equal(200, (await nobody.GetAsync("/health/live")).Status);
        Assert.Contains("openapi/v1.json", (await nobody.GetAsync("/docs")).Text + (await nobody.GetAsync("/docs/")).Text, StringComparison.Ordinal);

        var ready = await nobody.GetAsync("/health/ready");
        Assert.Equal((200, "ready"), (ready.Status, ready.Body!["status"]!.GetValue<string>()));
        foreach (var part in new[] { "database", "memory", "objects" })
        {
            Assert.Equal(host.IsDistributed ? "distributed" : "embedded", ready.Body["parts"]![part]!["mode"]!.GetValue<string>());
        }

        Assert.Equal(host.IsDistributed ? 0 : 3, ready.Body["constraints"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_openapi_document_is_the_contract()
    {
        using var http = host.Host.Anonymous();
        var document = await new ApiClient(http, "").GetAsync("/openapi/v1.json");
        Assert.Equal("3.1", document.Body!["openapi"]!.GetValue<string>()[..3]);
        await Verifier.Verify(document.Body);
    }

    [Fact]
    public async Task Text_of_every_script_comes_back_as_it_was_sent()
    {
        var user = await host.NewUserAsync();
        var title = "Ünïcödé 漢字 🎉 \u202e \" ' ; DROP TABLE tasks; -- \\ </script>";
        var id = await user.CreateAsync("/api/tasks", new { title });
        Assert.Equal(title, (await user.GetAsync($"/api/tasks/{id}")).Body!["title"]!.GetValue<string>());
        Assert.Equal(title, (await user.GetAsync("/api/tasks?q=漢字")).Body!["data"]![0]!["title"]!.GetValue<string>());
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : RequestTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : RequestTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : RequestTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : RequestTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : RequestTests(host);
}
