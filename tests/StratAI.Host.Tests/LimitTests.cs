using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>The limits on requests: each by its name, from configuration, and decided before anything else is done.</summary>
public abstract class LimitTests(HostFixture host)
{
    private const string Policies = "Limits:Policies";

    [Fact]
    public async Task Each_limit_refuses_by_its_name_and_says_when_to_come_back()
    {
        await using var instance = new HostInstance(host.SettingsApart(
            ($"{Policies}:user:Overrides:much:PermitLimit", "2"),
            ($"{Policies}:upload:Overrides:much:PermitLimit", "1"),
            ($"{Policies}:chat:Overrides:talk:PermitLimit", "1"),
            ($"{Policies}:tokens:Overrides:spend:PermitLimit", "2010")));
        var (much, talk, spend) = (await instance.SignInAsync("much"), await instance.SignInAsync("talk"), await instance.SignInAsync("spend"));

        await RefusedAsync("upload", 60, () => much.UploadAsync("x.bin", [0, 1, 2, 3]));
        await RefusedAsync("user", 60, () => much.GetAsync("/api/me"));
        await RefusedAsync("chat", 60, () => talk.PostAsync("/api/chat", new { message = "Hello?" }));
        // The first answer is charged less than it had reserved, and leaves too little for a second one today.
        await RefusedAsync("tokens", 24 * 60 * 60, () => spend.PostAsync("/api/chat", new { message = "Hello?" }));
        Assert.Equal(200, (await spend.GetAsync("/api/me")).Status);
    }

    [Fact]
    public async Task An_address_is_charged_for_bad_tokens_and_over_its_limit_refused_before_a_token_is_looked_at()
    {
        await using var instance = new HostInstance(host.SettingsApart(($"{Policies}:ip:PermitLimit", "3"), ($"{Policies}:ip:Window", "01:00:00")));
        using var http = instance.Anonymous();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bad");
        var client = new ApiClient(http, "");
        for (var left = 2; left >= 0; left--)
        {
            var unknown = await client.GetAsync("/api/me");
            Assert.Equal(401, unknown.Status);
            Assert.StartsWith($"\"ip\";r={left};", unknown.Headers["RateLimit"], StringComparison.Ordinal);
        }

        var refused = await client.GetAsync("/api/me");
        Assert.Equal((429, "quota-exceeded"), (refused.Status, refused.Code));
        // A good token does not help, and is not even read: the answer knows of no limit of its user.
        http.DefaultRequestHeaders.Authorization = (await host.NewUserAsync()).Http.DefaultRequestHeaders.Authorization;
        var early = await client.GetAsync("/api/me");
        Assert.Equal(429, early.Status);
        Assert.Equal("\"ip\";q=3;w=3600", early.Headers["RateLimit-Policy"]);
        Assert.InRange(Seconds(early), 1, 1200);
    }

    [Fact]
    public async Task A_changed_limit_applies_at_once_and_a_bad_one_is_not_taken()
    {
        var file = Path.GetTempFileName();
        try
        {
            await WriteAsync("500");
            await using var instance = new HostInstance(
                host.SettingsApart(), builder => builder.ConfigureAppConfiguration((_, configuration) => configuration.AddJsonFile(file, optional: false, reloadOnChange: true)));
            var user = await instance.SignInAsync("ada");
            Assert.Contains("\"user\";q=500;w=60", await PolicyAsync(user), StringComparison.Ordinal);

            await WriteAsync("400");
            await Eventually.TrueAsync(async () => (await PolicyAsync(user)).Contains("\"user\";q=400;w=60", StringComparison.Ordinal));

            await WriteAsync("0");
            await Eventually.TrueAsync(() => Task.FromResult(instance.Services.GetRequiredService<IConfiguration>()[$"{Policies}:user:PermitLimit"] == "0"));
            Assert.Contains("\"user\";q=400;w=60", await PolicyAsync(user), StringComparison.Ordinal);

            await WriteAsync("300");
            await Eventually.TrueAsync(async () => (await PolicyAsync(user)).Contains("\"user\";q=300;w=60", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }

        Task WriteAsync(string limit) => File.WriteAllTextAsync(file, $$"""{ "Limits": { "Policies": { "user": { "PermitLimit": {{limit}} } } } }""");
        static async Task<string> PolicyAsync(ApiClient user) => (await user.GetAsync("/api/me")).Headers["RateLimit-Policy"];
    }

    private static async Task RefusedAsync(string policy, int longest, Func<Task<Answer>> ask)
    {
        Answer answer;
        var asked = 0;
        do
        {
            answer = await ask();
            Assert.True(++asked <= 4, $"{policy} does not refuse: {answer.Status}");
        }
        while (answer.Status != 429);

        Assert.True(asked > 1, $"{policy} has refused at once.");
        Assert.Equal("quota-exceeded", answer.Code);
        Assert.Equal("https://iana.org/assignments/http-problem-types#quota-exceeded", answer.Body!["type"]!.GetValue<string>());
        Assert.Equal([policy], answer.Body["violated-policies"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.InRange(Seconds(answer), 1, longest);
        Assert.Contains($"\"{policy}\";q=", answer.Headers["RateLimit-Policy"], StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
    }

    private static int Seconds(Answer answer) => int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture);

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : LimitTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : LimitTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : LimitTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : LimitTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : LimitTests(host);
}
