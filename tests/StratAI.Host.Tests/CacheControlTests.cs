using StratAI.Host.Tests.Contract;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>How long each answer may be kept, and by whom, over every endpoint there is.</summary>
public abstract class CacheControlTests(HostFixture host)
{
    private const string Never = "no-store";

    [Fact]
    public async Task Every_endpoint_says_how_long_its_answer_may_be_kept()
    {
        var world = await World.CreateAsync(host);
        foreach (var endpoint in ApiEndpoints.All)
        {
            var answer = await endpoint.SendAsync(world.Owner, world);
            Assert.True(answer.Status is >= 200 and < 300, $"{endpoint} answered {answer.Status} {answer.Text}");
            Assert.True(answer.Headers.GetValueOrDefault("Cache-Control") == endpoint.CacheControl, $"{endpoint} answered {answer.Headers.GetValueOrDefault("Cache-Control")}");
        }
    }

    [Fact]
    public async Task No_error_is_kept()
    {
        var world = await World.CreateAsync(host);
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "nobody");
        foreach (var endpoint in ApiEndpoints.All)
        {
            var path = endpoint.Path(world);
            await ExpectAsync(endpoint.Name == "POST /api/dev/token" ? 400 : 401, nobody, endpoint.Name, path, new { });
            await ExpectAsync(405, nobody, "REPORT /", path, new { });
            if (endpoint.Name.Contains(":guid}", StringComparison.Ordinal))
            {
                var nothing = string.Join('/', path.Split('/').Select(part => Guid.TryParse(part, out _) ? $"{Guid.NewGuid()}" : part));
                await ExpectAsync(404, world.Owner, endpoint.Name, nothing, endpoint.Body?.Invoke(world));
            }
            else if (endpoint.IsRead && endpoint.Name is not "GET /api/me" and not "GET /api/preferences" and not "GET /api/system/scaling")
            {
                await ExpectAsync(400, world.Owner, endpoint.Name, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=x");
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
        var method = new HttpMethod(endpoint.Split(' ')[0]);
        var answer = await client.SendAsync(method, path, body is null ? null : System.Net.Http.Json.JsonContent.Create(body), headers);
        Assert.True(answer.Status == status, $"{endpoint} at {path} answered {answer.Status}, not {status}: {answer.Text}");
        Assert.True(answer.Headers.GetValueOrDefault("Cache-Control") == Never, $"{endpoint} {status} answered {answer.Headers.GetValueOrDefault("Cache-Control")}");
        Assert.NotNull(answer.Code);
        Assert.NotEmpty(answer.Body!["traceId"]!.GetValue<string>());
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
