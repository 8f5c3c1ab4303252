using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Contract;

/// <summary>What is no request that an endpoint takes, over every endpoint there is: a 4xx that says why, and never a 500.</summary>
public abstract class MalformedTests(HostFixture host)
{
    [Fact]
    public async Task A_body_that_is_not_as_it_should_be_is_refused()
    {
        var world = await World.CreateBusyAsync(host);
        var wrong = new List<string>();
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Body is not null))
        {
            var json = endpoint.Json(world);
            var (name, value) = (json.First().Key, json.First().Value!.ToJsonString());
            var valid = json.ToJsonString();
            await RefusedAsync("broken", 400, "malformed-json", ApiEndpoint.Raw(valid[..^1]));
            await RefusedAsync("followed by more", 400, "malformed-json", ApiEndpoint.Raw(valid + "{}"));
            await RefusedAsync("an array", 400, "validation-failed", ApiEndpoint.Raw("[]"));
            await RefusedAsync("null", 400, "validation-failed", ApiEndpoint.Raw("null"));
            await RefusedAsync("text", 400, "validation-failed", ApiEndpoint.Raw("\"text\""));
            await RefusedAsync("nothing", 400, null, ApiEndpoint.Raw(""));
            await RefusedAsync("an unknown property", 400, "unknown-property", ApiEndpoint.Raw(valid[..^1] + ",\"colour\":1}"));
            await RefusedAsync("a property in another case", 400, "unknown-property", ApiEndpoint.Raw($$"""{"{{name.ToUpperInvariant()}}":{{value}}}"""));
            await RefusedAsync("a property twice", 400, null, ApiEndpoint.Raw($$"""{"{{name}}":{{value}},"{{name}}":{{value}}}"""));
            await RefusedAsync("bad UTF-8", 400, null, ApiEndpoint.Raw([.. Encoding.UTF8.GetBytes($$"""{"{{name}}":"a"""), 0xFF, .. "\"}"u8]));
            await RefusedAsync("deep nesting", 400, null, ApiEndpoint.Raw($$"""{"{{name}}":{{new string('[', 5_000)}}{{new string(']', 5_000)}}}"""));
            await RefusedAsync("another type", 415, "unsupported-media-type", ApiEndpoint.Raw(valid, "text/plain"));
            await RefusedAsync("a form", 415, "unsupported-media-type", ApiEndpoint.Raw("a=b", "application/x-www-form-urlencoded"));
            await RefusedAsync("an unknown charset", 415, "unsupported-media-type", ApiEndpoint.Raw(valid, "application/json; charset=klingon"));
            await RefusedAsync("larger than 1 MB", 413, "too-large", ApiEndpoint.Raw(valid[..^1] + new string(' ', 1_100_000) + "}"), ("Expect", "100-continue"));
            foreach (var (property, given) in json)
            {
                await RefusedAsync($"{property} of another type", 400, null, With(property, given!.GetValueKind() == JsonValueKind.Object ? 1 : new JsonObject { ["x"] = 1 }));
                if (given!.GetValueKind() == JsonValueKind.Object && endpoint.Name.EndsWith("pages", StringComparison.Ordinal))
                {
                    await RefusedAsync($"{property} of bad UTF-8", 400, null, ApiEndpoint.Raw([.. "{\"title\":\"x\",\"content\":{\"type\":\"doc\",\"a\":\""u8, 0xFF, .. "\"}}"u8]));
                }

                if (given!.GetValueKind() == JsonValueKind.String)
                {
                    await RefusedAsync($"{property} with U+0000", 400, "validation-failed", With(property, given.GetValue<string>() + "\0"));
                    await RefusedAsync($"{property} with half a surrogate", 400, "validation-failed", With(property, "@", "\\ud800"));
                    await RefusedAsync($"{property} too long", 400, "validation-failed", With(property, new string('x', 33_001)));
                }
            }

            ByteArrayContent With(string property, JsonNode? other, string written = "@")
            {
                var copy = json.DeepClone().AsObject();
                copy[property] = other;
                return ApiEndpoint.Raw(copy.ToJsonString().Replace("@", written, StringComparison.Ordinal));
            }

            async Task RefusedAsync(string what, int status, string? code, HttpContent content, params (string, string)[] headers)
            {
                var answer = await endpoint.SendAsync(world.Owner, world, content, headers);
                if (answer.Status != status || (code is not null && answer.Code != code))
                {
                    wrong.Add($"{endpoint} with {what} answered {answer.Status} {answer.Text}");
                }
                else
                {
                    AssertRefused(answer, $"{endpoint} with {what}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task An_address_or_query_that_is_not_as_it_should_be_is_refused()
    {
        var world = await World.CreateBusyAsync(host);
        string[] values = ["'; x --", "a%00b", "", "%ED%A0%80", "99999999999999999999", "0001-01-01T00:00:00%2B14:00", new string('x', 3_000)];
        var described = (await world.Owner.GetAsync("/openapi/v1.json")).Body!["paths"]!;
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.IsRead))
        {
            var path = endpoint.Path(world);
            var asked = path.Contains('?', StringComparison.Ordinal) ? path + "&" : path + "?";
            var route = endpoint.Name.Split(' ')[1].Replace(":guid", "", StringComparison.Ordinal).Replace(":int", "", StringComparison.Ordinal);
            foreach (var parameter in described[route]!["get"]!["parameters"]?.AsArray().Where(parameter => parameter!["in"]!.GetValue<string>() == "query") ?? [])
            {
                foreach (var value in values)
                {
                    // Given twice where the call itself has it.
                    AssertSound(await world.Owner.GetAsync($"{asked}{parameter!["name"]}={value}"), $"{endpoint} with {parameter["name"]}={value}");
                }
            }
        }
    }

    [Fact]
    public async Task A_header_that_is_not_as_it_should_be_is_refused_or_ignored()
    {
        var world = await World.CreateBusyAsync(host);
        (string, string)[] headers =
        [
            ("If-None-Match", "\"unclosed"), ("If-Match", "no tag"), ("If-Modified-Since", "yesterday"), ("If-Range", "W/"), ("Range", "lines=1-2"), ("Range", "bytes=9-1"),
            ("Range", "bytes=99999999999999999999-"), ("Accept", "nonsense;;q=?"), ("Last-Event-ID", "-1"), ("X-Request-Id", new string('x', 500)),
        ];
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.IsRead))
        {
            foreach (var header in headers)
            {
                AssertSound(await endpoint.SendAsync(world.Owner, world, header), $"{endpoint} with {header}");
            }
        }
    }

    [Fact]
    public async Task What_is_no_id_is_not_found()
    {
        var world = await World.CreateBusyAsync(host);
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Name.Contains('{', StringComparison.Ordinal)))
        {
            var parts = endpoint.Path(world).Split('?')[0].Split('/');
            var route = endpoint.Name.Split(' ')[1].Split('/');
            foreach (var (i, part) in route.Index().Where(part => part.Item.StartsWith('{')))
            {
                foreach (var bad in part.Contains("userId", StringComparison.Ordinal) ? new[] { new string('x', 201) } : ["x", "7x", "-1", "99999999999", "%C3%28", $"{Guid.NewGuid()}x"])
                {
                    var path = string.Join('/', parts.Index().Select(known => known.Index == i ? bad : known.Item));
                    var answer = await world.Owner.SendAsync(endpoint.Method, path, endpoint.Body is null ? null : ApiEndpoint.Raw(endpoint.Json(world).ToJsonString()));
                    Assert.True(answer.Status == (part == "{userId}" && endpoint.Body is not null ? 400 : 404), $"{endpoint} at {path} answered {answer.Status} {answer.Text}");
                    AssertRefused(answer, $"{endpoint} at {path}");
                }
            }
        }
    }

    [Fact]
    public async Task Settings_hold_any_json_that_can_be_stored_and_no_other()
    {
        var user = await host.NewUserAsync();
        foreach (var settings in new[] { """{"a":"\\u0000"}""", """{"a":-0.0,"b":1e28,"c":0e99,"d":1E-27}""", """{"":{"a":[null,true,"é"]}}""" })
        {
            var stored = await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", $$"""{"settings":{{settings}}}""");
            Assert.True(stored.Status == 200, $"{settings}: {stored.Text}");
            Assert.Equal(stored.ETag, (await user.GetAsync("/api/preferences")).ETag);
        }

        foreach (var settings in new[] { """{"a":"\u0000"}""", """{"\u0000":1}""", """{"a":1e999999}""", """{"a":-1e400}""", """{"a":[1e-999999]}""" })
        {
            var refused = await user.SendRawAsync(HttpMethod.Patch, "/api/preferences", $$"""{"settings":{{settings}}}""");
            Assert.True(refused is { Status: 400, Code: "validation-failed" }, $"{settings}: {refused.Status} {refused.Text}");
        }
    }

    private static void AssertSound(Answer answer, string what)
    {
        Assert.True(answer.Status is 200 or 206 or (>= 400 and < 500), $"{what} answered {answer.Status} {answer.Text}");
        if (answer.Status >= 400)
        {
            AssertRefused(answer, what);
        }
    }

    private static void AssertRefused(Answer answer, string what)
    {
        Assert.True(answer.Status is >= 400 and < 500, $"{what} answered {answer.Status} {answer.Text}");
        Assert.True(answer.Headers["Content-Type"] == "application/problem+json" && answer.Code is not null, $"{what} answered {answer.Headers["Content-Type"]} {answer.Text}");
        Assert.Equal((answer.Status, "no-store"), (answer.Body!["status"]!.GetValue<int>(), answer.Headers["Cache-Control"]));
        foreach (var member in new[] { "type", "title", "detail", "instance", "traceId" })
        {
            Assert.False(string.IsNullOrEmpty(answer.Body[member]?.GetValue<string>()), $"{what} has no {member}: {answer.Text}");
        }

        Assert.True(answer.Headers.ContainsKey("X-Request-Id") && answer.Headers.ContainsKey("X-Instance-Id"), what);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : MalformedTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : MalformedTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : MalformedTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : MalformedTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : MalformedTests(host);
}
