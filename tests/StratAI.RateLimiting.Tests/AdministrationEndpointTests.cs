using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>The administration over HTTP.</summary>
public sealed class AdministrationEndpointTests
{
    [Fact]
    public async Task Policies_are_told_without_the_keys_of_their_overrides()
    {
        await using var app = await StartAsync();

        Assert.Equal(
            """{"isDistributed":false,"policies":[{"name":"held","algorithm":"Concurrency","permitLimit":2,"window":"00:00:00","shadow":false,"outage":"Local","localShareFor":"00:00:00","blockSize":1,"plans":{},"overrides":0},{"name":"user","algorithm":"FixedWindow","permitLimit":3,"window":"01:00:00","shadow":true,"outage":"Closed","localShareFor":"00:00:00","blockSize":1,"plans":{"pro":{"permitLimit":9,"window":null,"exempt":false}},"overrides":1}]}""",
            await app.Client.GetStringAsync("/admin/limits/policies"));
    }

    [Fact]
    public async Task Peek_and_reset_take_the_key_from_the_body()
    {
        await using var app = await StartAsync();
        await app.Services.GetRequiredService<IRateLimiters>().AcquireAsync([new("user", "ada", 2)]);

        Assert.Matches(
            """^\{"isExempt":false,"limit":3,"window":"01:00:00","remaining":1,"resetAfter":"00:[0-9:.]+"\}$""",
            await PostAsync(app, "user/peek", """{"key":"ada"}"""));
        Assert.Contains("\"limit\":9,", await PostAsync(app, "user/peek", """{"key":"ada","plan":"pro"}"""), StringComparison.Ordinal);
        Assert.Equal(
            """{"isExempt":true,"limit":null,"window":null,"remaining":null,"resetAfter":null}""",
            await PostAsync(app, "user/peek", """{"key":"probe@example.org"}"""));
        Assert.Equal("""{"wasInUse":true}""", await PostAsync(app, "user/reset", """{"key":"ada"}"""));
        Assert.Equal("""{"wasInUse":false}""", await PostAsync(app, "USER/reset", """{"key":"ada"}"""));
        Assert.Contains("\"remaining\":3,", await PostAsync(app, "user/peek", """{"key":"ada"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_are_listed_up_to_a_number()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await app.Services.GetRequiredService<IRateLimiters>().AcquireAsync([new("user", $"{i}")]);
        }

        var all = await app.Client.GetFromJsonAsync<JsonElement>("/admin/limits/policies/user/buckets");
        var some = await app.Client.GetFromJsonAsync<JsonElement>("/admin/limits/policies/user/buckets?limit=5");
        var few = await app.Client.GetFromJsonAsync<JsonElement>("/admin/limits/policies/user/buckets?limit=4");

        Assert.Equal((5, false), (all.GetProperty("buckets").GetArrayLength(), all.GetProperty("isTruncated").GetBoolean()));
        Assert.Equal((5, false), (some.GetProperty("buckets").GetArrayLength(), some.GetProperty("isTruncated").GetBoolean()));
        Assert.Equal((4, true), (few.GetProperty("buckets").GetArrayLength(), few.GetProperty("isTruncated").GetBoolean()));
        var bucket = all.GetProperty("buckets")[0];
        Assert.Matches("^[0-9a-f]{32}$", bucket.GetProperty("keyHash").GetString());
        Assert.Equal((3, 2), (bucket.GetProperty("limit").GetInt32(), bucket.GetProperty("remaining").GetInt32()));
    }

    [Theory]
    [InlineData("GET", "nope/buckets", null, 404)]
    [InlineData("GET", "user/buckets?limit=0", null, 400)]
    [InlineData("GET", "user/buckets?limit=1001", null, 400)]
    [InlineData("GET", "user/buckets?limit=-1", null, 400)]
    [InlineData("POST", "nope/peek", """{"key":"ada"}""", 404)]
    [InlineData("POST", "nope/reset", """{"key":"ada"}""", 404)]
    [InlineData("POST", "user/peek", """{"key":""}""", 400)]
    [InlineData("POST", "user/peek", """{}""", 400)]
    [InlineData("POST", "user/peek", "null", 400)]
    [InlineData("POST", "user/reset", """{"key":["secret"]}""", 400)]
    [InlineData("POST", "user/reset", """{"key":"secret""", 400)]
    [InlineData("POST", "user/reset", null, 415)]
    public async Task What_cannot_be_done_is_a_problem_that_repeats_nothing(string method, string path, string? body, int status)
    {
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(new(method), $"/admin/limits/policies/{path}");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

        var response = await app.Client.SendAsync(request);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var problem = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, JsonDocument.Parse(problem).RootElement.GetProperty("status").GetInt32());
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("nope", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "policies/user/buckets")]
    [InlineData("POST", "policies/user/peek")]
    [InlineData("POST", "policies/user/reset")]
    public async Task Without_an_answer_of_Redis_it_is_unavailable(string method, string path)
    {
        // Nothing listens on port 1.
        await using var app = await StartAsync(o => o.Configuration = "127.0.0.1:1,connectTimeout=200", TimeProvider.System);
        using var request = new HttpRequestMessage(new(method), $"/admin/limits/{path}");
        request.Content = method == "POST" ? JsonContent.Create(new { key = "ada" }) : null;

        var response = await app.Client.SendAsync(request);

        Assert.Equal((503, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Conventions_of_the_group_reach_every_endpoint()
    {
        await using var app = await TestApp.StartAsync(
            Policies,
            app => app.MapRateLimitAdministration("/admin").WithMetadata("guarded"),
            app => app.Use(_ => context =>
            {
                context.Response.StatusCode = context.GetEndpoint()?.Metadata.GetMetadata<string>() == "guarded" ? 401 : 404;
                return Task.CompletedTask;
            }));

        foreach (var path in (string[])["policies", "policies/user/buckets"])
        {
            Assert.Equal(401, (int)(await app.Client.GetAsync($"/admin/{path}")).StatusCode);
        }

        foreach (var path in (string[])["peek", "reset"])
        {
            Assert.Equal(401, (int)(await app.Client.PostAsync($"/admin/policies/user/{path}", null)).StatusCode);
        }
    }

    private static async Task<string> PostAsync(TestApp app, string path, string body)
    {
        var response = await app.Client.PostAsync($"/admin/limits/policies/{path}", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((200, "no-store"), ((int)response.StatusCode, response.Headers.CacheControl!.ToString()));
        return await response.Content.ReadAsStringAsync();
    }

    private static void Policies(RateLimitingOptions o)
    {
        o.AddPolicy("user", new()
        {
            Algorithm = RateLimitAlgorithm.FixedWindow,
            PermitLimit = 3,
            Window = TimeSpan.FromHours(1),
            Shadow = true,
            Outage = OutageBehavior.Closed,
            Plans = { ["pro"] = new() { PermitLimit = 9 } },
            Overrides = { ["probe@example.org"] = new() { Exempt = true } },
        });
        o.AddPolicy("held", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2 });
    }

    private static Task<TestApp> StartAsync(Action<RateLimitingOptions>? configure = null, TimeProvider? clock = null) => TestApp.StartAsync(
        o =>
        {
            Policies(o);
            configure?.Invoke(o);
        },
        app => app.MapRateLimitAdministration("/admin/limits"),
        build: builder =>
        {
            if (clock is not null)
            {
                builder.Services.AddSingleton(clock);
            }
        });
}
