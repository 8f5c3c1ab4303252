using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>How long each answer may be kept, and by whom, over every endpoint there is.</summary>
public abstract class CacheControlTests(HostFixture host)
{
    private const string Asked = "private, no-cache";
    private const string Minute = "private, max-age=60";
    private const string FiveMinutes = "private, max-age=300";
    private const string Never = "no-store";

    // In an order in which each succeeds: what is deleted is deleted last.
    private static readonly (string Endpoint, string Expected, Func<World, (string Path, object? Body)> Call)[] Endpoints =
    [
        ("POST /api/dev/token", Never, _ => ("/api/dev/token", new { user = "ada" })),
        ("GET /api/me", Asked, _ => ("/api/me", null)),
        ("GET /api/system/scaling", Asked, _ => ("/api/system/scaling", null)),
        ("GET /api/preferences", FiveMinutes, _ => ("/api/preferences", null)),
        ("PATCH /api/preferences", FiveMinutes, _ => ("/api/preferences", new { theme = "dark" })),
        ("GET /api/spaces", Minute, _ => ("/api/spaces", null)),
        ("POST /api/spaces", Asked, _ => ("/api/spaces", new { name = "Another" })),
        ("GET /api/spaces/{id:guid}", Minute, w => ($"/api/spaces/{w.Space}", null)),
        ("PATCH /api/spaces/{id:guid}", Minute, w => ($"/api/spaces/{w.Space}", new { name = "Other" })),
        ("GET /api/spaces/{id:guid}/members", Asked, w => ($"/api/spaces/{w.Space}/members", null)),
        ("PUT /api/spaces/{id:guid}/members/{userId}", Asked, w => ($"/api/spaces/{w.Space}/members/bob", new { role = "viewer" })),
        ("DELETE /api/spaces/{id:guid}/members/{userId}", Asked, w => ($"/api/spaces/{w.Space}/members/bob", null)),
        ("GET /api/spaces/{spaceId:guid}/areas", Minute, w => ($"/api/spaces/{w.Space}/areas", null)),
        ("POST /api/spaces/{spaceId:guid}/areas", Asked, w => ($"/api/spaces/{w.Space}/areas", new { name = "Another" })),
        ("GET /api/areas/{id:guid}", Minute, w => ($"/api/areas/{w.Area}", null)),
        ("PATCH /api/areas/{id:guid}", Minute, w => ($"/api/areas/{w.Area}", new { name = "Other" })),
        ("PUT /api/areas/{id:guid}/shares/{userId}", Asked, w => ($"/api/areas/{w.Area}/shares/bob", new { role = "viewer" })),
        ("DELETE /api/areas/{id:guid}/shares/{userId}", Asked, w => ($"/api/areas/{w.Area}/shares/bob", null)),
        ("GET /api/tasks", Asked, _ => ("/api/tasks", null)),
        ("POST /api/tasks", Asked, _ => ("/api/tasks", new { title = "Another" })),
        ("POST /api/tasks/batch", Asked, _ => ("/api/tasks/batch", new { tasks = new[] { new { title = "Another" } } })),
        ("GET /api/tasks/{id:guid}", Asked, w => ($"/api/tasks/{w.Task}", null)),
        ("PATCH /api/tasks/{id:guid}", Asked, w => ($"/api/tasks/{w.Task}", new { title = "Other" })),
        ("GET /api/documents", Asked, _ => ("/api/documents", null)),
        ("POST /api/documents", Asked, _ => ("/api/documents", null)),
        ("POST /api/documents/uploads", Asked, _ => ("/api/documents/uploads", new { filename = "a.txt", contentType = "text/plain", size = 1 })),
        ("POST /api/documents/uploads/{uploadId:guid}/complete", Asked, w => ($"/api/documents/uploads/{w.Upload}/complete", new { })),
        ("GET /api/documents/{id:guid}", Asked, w => ($"/api/documents/{w.Document}", null)),
        ("PATCH /api/documents/{id:guid}", Asked, w => ($"/api/documents/{w.Document}", new { filename = "other.md" })),
        ("GET /api/documents/{id:guid}/content", Asked, w => ($"/api/documents/{w.Document}/content", null)),
        ("GET /api/documents/{id:guid}/image", Asked, w => ($"/api/documents/{w.Image}/image?w=320", null)),
        ("GET /api/documents/{id:guid}/url", Asked, w => ($"/api/documents/{w.Document}/url", null)),
        ("GET /api/pages", Asked, _ => ("/api/pages", null)),
        ("POST /api/pages", Asked, _ => ("/api/pages", new { title = "Another" })),
        ("GET /api/pages/{id:guid}", Asked, w => ($"/api/pages/{w.Page}", null)),
        ("PATCH /api/pages/{id:guid}", Asked, w => ($"/api/pages/{w.Page}", new { title = "Other" })),
        ("GET /api/pages/{id:guid}/versions", Asked, w => ($"/api/pages/{w.Page}/versions", null)),
        ("GET /api/pages/{id:guid}/versions/{n:int}", Asked, w => ($"/api/pages/{w.Page}/versions/1", null)),
        ("POST /api/pages/{id:guid}/versions/{n:int}/restore", Asked, w => ($"/api/pages/{w.Page}/versions/1/restore", new { })),
        ("GET /api/meetings", Asked, _ => ("/api/meetings", null)),
        ("POST /api/meetings", Asked, _ => ("/api/meetings", new { title = "Another", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z" })),
        ("GET /api/meetings/{id:guid}", Asked, w => ($"/api/meetings/{w.Meeting}", null)),
        ("PATCH /api/meetings/{id:guid}", Asked, w => ($"/api/meetings/{w.Meeting}", new { title = "Other" })),
        ("GET /api/games/scores", "private, max-age=10", _ => ("/api/games/scores?game=cache-control", null)),
        ("POST /api/games/scores", Asked, _ => ("/api/games/scores", new { game = "cache-control", score = 1 })),
        ("GET /api/conversations", Asked, _ => ("/api/conversations", null)),
        ("PUT /api/integrations/{service}", Asked, w => ("/api/integrations/calendar", w.Calendar.Body())),
        ("GET /api/integrations", Minute, _ => ("/api/integrations", null)),
        ("GET /api/integrations/calendar/events", Asked, _ => ("/api/integrations/calendar/events?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z", null)),
        ("DELETE /api/integrations/{service}", Asked, _ => ("/api/integrations/calendar", null)),
        ("POST /api/conversations", Asked, _ => ("/api/conversations", new { title = "Another" })),
        ("GET /api/conversations/{id:guid}", Asked, w => ($"/api/conversations/{w.Conversation}", null)),
        ("PATCH /api/conversations/{id:guid}", Asked, w => ($"/api/conversations/{w.Conversation}", new { title = "Other" })),
        ("GET /api/conversations/{id:guid}/messages", Asked, w => ($"/api/conversations/{w.Conversation}/messages", null)),
        ("POST /api/chat", Never, _ => ("/api/chat", new { message = "What do tomatoes want?" })),
        ("GET /api/chat/{messageId:guid}/events", Never, w => ($"/api/chat/{w.Answer}/events", null)),
        ("POST /api/chat/{messageId:guid}/stop", Never, w => ($"/api/chat/{w.Answer}/stop", new { })),
        ("DELETE /api/tasks/{id:guid}", Asked, w => ($"/api/tasks/{w.Task}", null)),
        ("DELETE /api/documents/{id:guid}", Asked, w => ($"/api/documents/{w.Document}", null)),
        ("DELETE /api/pages/{id:guid}", Asked, w => ($"/api/pages/{w.Page}", null)),
        ("DELETE /api/meetings/{id:guid}", Asked, w => ($"/api/meetings/{w.Meeting}", null)),
        ("DELETE /api/conversations/{id:guid}", Asked, w => ($"/api/conversations/{w.Conversation}", null)),
        ("DELETE /api/areas/{id:guid}", Asked, w => ($"/api/areas/{w.Area}", null)),
        ("DELETE /api/spaces/{id:guid}", Asked, w => ($"/api/spaces/{w.Space}", null)),
    ];

    [Fact]
    public void The_table_names_every_endpoint()
    {
        var served = host.Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");

        Assert.Equal(Endpoints.Select(endpoint => endpoint.Endpoint).Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_endpoint_says_how_long_its_answer_may_be_kept()
    {
        var world = await World.CreateAsync(host);
        foreach (var (endpoint, expected, call) in Endpoints)
        {
            var (path, body) = call(world);
            var answer = endpoint == "POST /api/documents"
                ? await world.Owner.UploadAsync("another.md", "# Another"u8.ToArray())
                : await SendAsync(world.Owner, endpoint, path, body);
            Assert.True(answer.Status is >= 200 and < 300, $"{endpoint} answered {answer.Status} {answer.Text}");
            Assert.True(answer.Headers.GetValueOrDefault("Cache-Control") == expected, $"{endpoint} answered {answer.Headers.GetValueOrDefault("Cache-Control")}");

            if (endpoint.StartsWith("GET", StringComparison.Ordinal) && answer.Headers.TryGetValue("ETag", out var etag))
            {
                var known = await world.Owner.GetAsync(path, ("If-None-Match", etag));
                Assert.True(known.Status == 304, $"{endpoint} answered {known.Status}");
                Assert.Equal((expected, etag, 0), (known.Headers["Cache-Control"], known.ETag, known.Bytes.Length));
            }
        }
    }

    [Fact]
    public async Task No_error_is_kept()
    {
        var world = await World.CreateAsync(host);
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "nobody");
        foreach (var (endpoint, _, call) in Endpoints)
        {
            var (path, _) = call(world);
            await ExpectAsync(endpoint == "POST /api/dev/token" ? 400 : 401, nobody, endpoint, path);
            await ExpectAsync(405, nobody, "REPORT /", path);
            if (endpoint.Contains(":guid}", StringComparison.Ordinal))
            {
                var nothing = string.Join('/', path.Split('/').Select(part => Guid.TryParse(part, out _) ? $"{Guid.NewGuid()}" : part));
                await ExpectAsync(404, world.Owner, endpoint, nothing, call(world).Body);
            }
            else if (endpoint.StartsWith("GET", StringComparison.Ordinal) && endpoint is not "GET /api/me" and not "GET /api/preferences" and not "GET /api/system/scaling")
            {
                await ExpectAsync(400, world.Owner, endpoint, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=x");
            }
        }

        await ExpectAsync(404, nobody, "GET /", "/nowhere");
        await ExpectAsync(412, world.Owner, "GET /", $"/api/tasks/{world.Task}", null, ("If-Match", "\"other\""));
        await ExpectAsync(412, world.Owner, "PATCH /", $"/api/tasks/{world.Task}", new { title = "x" }, ("If-Match", "\"other\""));
    }

    [Fact]
    public async Task Document_content_at_the_address_of_its_bytes_is_kept_for_ever_in_parts_too()
    {
        var user = await host.NewUserAsync();
        var document = await user.UploadAsync("a.txt", "0123456789"u8.ToArray());
        var path = $"/api/documents/{document.Id}/content?v={document.Body!["sha256"]}";
        const string forever = "private, max-age=31536000, immutable";

        Assert.Equal(forever, (await user.GetAsync(path)).Headers["Cache-Control"]);
        var part = await user.GetAsync(path, ("Range", "bytes=2-4"));
        Assert.Equal((206, forever), (part.Status, part.Headers["Cache-Control"]));
        var beyond = await user.GetAsync(path, ("Range", "bytes=20-"));
        Assert.Equal((416, Never), (beyond.Status, beyond.Headers["Cache-Control"]));
    }

    [Fact]
    public async Task Health_is_asked_for_anew_each_time()
    {
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "nobody");
        Assert.Equal(Never, (await nobody.GetAsync("/health/live")).Headers["Cache-Control"]);
        Assert.Equal(Never, (await nobody.GetAsync("/health/ready")).Headers["Cache-Control"]);
    }

    private static async Task ExpectAsync(int status, ApiClient client, string endpoint, string path, object? body = null, params (string, string)[] headers)
    {
        var answer = await SendAsync(client, endpoint, path, body ?? new { }, headers);
        Assert.True(answer.Status == status, $"{endpoint} at {path} answered {answer.Status}, not {status}: {answer.Text}");
        Assert.True(answer.Headers.GetValueOrDefault("Cache-Control") == Never, $"{endpoint} {status} answered {answer.Headers.GetValueOrDefault("Cache-Control")}");
        Assert.NotNull(answer.Code);
    }

    private static Task<Answer> SendAsync(ApiClient client, string endpoint, string path, object? body, params (string, string)[] headers)
    {
        var method = new HttpMethod(endpoint.Split(' ')[0]);
        var content = body is null || method == HttpMethod.Get || method == HttpMethod.Delete ? null : System.Net.Http.Json.JsonContent.Create(body);
        return client.SendAsync(method, path, content, headers.Length > 0 || !endpoint.StartsWith("PATCH /api/pages", StringComparison.Ordinal) ? headers : [("If-Match", "*")]);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : CacheControlTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : CacheControlTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : CacheControlTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : CacheControlTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : CacheControlTests(host);
}
