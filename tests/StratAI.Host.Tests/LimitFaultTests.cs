using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>What the limits cost in round trips, and what becomes of them without their Redis or their instance.</summary>
[Collection(DistributedShape.Name)]
public sealed class LimitFaultTests(DistributedHost host)
{
    [Fact]
    public async Task All_limits_of_a_request_are_one_call()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = host.SettingsApart(("ConnectionStrings:Redis", redis.Configuration));
        await using var instance = new HostInstance(settings);
        var user = await instance.SignInAsync("ada");
        await user.ChatAsync(new { message = "Hello?" });

        Assert.Equal(["ip", "user"], Assert.Single(await PoliciesAsync(() => user.GetAsync("/api/me"))));
        Assert.Equal(["ip"], Assert.Single(await PoliciesAsync(() => new ApiClient(instance.Anonymous(), "").GetAsync("/api/me"))));
        Assert.Equal(["ip", "upload", "user"], Assert.Single(await PoliciesAsync(() => user.UploadAsync("x.txt", "x"u8.ToArray()))));
        // What is held is settled later, by calls of its own.
        var chat = await PoliciesAsync(() => user.ChatAsync(new { message = "Hello?" }));
        Assert.Equal(["chat", "chat-concurrency", "ip", "tokens", "user"], Assert.Single(chat, policies => !policies.All(policy => policy is "chat-concurrency" or "tokens")));

        // A key is prefix:{group}:hash:policy:kind; those that are not of a bucket belong to the instance's beat.
        async Task<IReadOnlyList<string[]>> PoliciesAsync(Func<Task> ask) =>
        [
            .. (await redis.ScriptsDuringAsync(ask))
                .Select(call => call.Where(argument => argument.StartsWith($"{settings["Redis:KeyPrefix"]}:ratelimit:{{", StringComparison.Ordinal)))
                .Select(keys => keys.Select(key => key.Split(':')[^2]).Order(StringComparer.Ordinal).ToArray())
                .Where(policies => policies.Length > 0),
        ];
    }

    [Theory]
    [InlineData("00:00:00", "00:00:00")]
    [InlineData("01:00:00", "00:00:00")]
    [InlineData("01:00:00", "01:00:00")]
    public async Task Without_its_redis_reads_go_on_and_chat_goes_down_its_ladder(string chat, string tokens)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = new HostInstance(host.SettingsApart(
            ("ConnectionStrings:Redis", redis.Configuration),
            ("Limits:RedisTimeout", "00:00:00.2"),
            ("Limits:Policies:chat:LocalShareFor", chat),
            ("Limits:Policies:chat-concurrency:LocalShareFor", chat),
            ("Limits:Policies:chat:Overrides:ada:PermitLimit", "2"),
            ("Limits:Policies:tokens:LocalShareFor", tokens)));
        var user = await instance.SignInAsync("ada");
        Assert.Equal(200, (await user.GetAsync("/api/me")).Status);

        redis.Kill();

        Assert.Equal(200, (await user.GetAsync("/api/me")).Status);
        if (tokens != "00:00:00")
        {
            // Every rung of its policies is local: the instance's own share.
            Assert.Equal("done", (await user.ChatAsync(new { message = "Hello?" })).Events[^1].Type);
            Assert.Equal("done", (await user.ChatAsync(new { message = "Hello?" })).Events[^1].Type);
            var local = await user.PostAsync("/api/chat", new { message = "Hello?" });
            Assert.Equal((429, "quota-exceeded"), (local.Status, local.Code));
            return;
        }

        var refused = await user.PostAsync("/api/chat", new { message = "Hello?" });
        Assert.Equal((503, "temporary-reduced-capacity"), (refused.Status, refused.Code));
        Assert.Equal("1", refused.Headers["Retry-After"]);
        Assert.Equal(
            chat == "00:00:00" ? ["chat", "chat-concurrency", "tokens"] : new[] { "tokens" },
            refused.Body!["violated-policies"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task What_a_killed_instance_held_is_free_after_the_lease()
    {
        var settings = host.SettingsApart(
            ("Chat:Local:WordDelay", "00:01:00"),
            ("Limits:Policies:tokens:LeaseTime", "00:00:03"),
            ("Limits:Policies:chat-concurrency:LeaseTime", "00:00:03"));
        await using var victim = new HostProcess([.. settings.Select(setting => (setting.Key, setting.Value))]);
        await using var survivor = new HostInstance(settings);
        await victim.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = victim.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await ApiClient.TokenAsync(http, "ada"));
        await using var chat = await OpenChat.AskAsync(new ApiClient(http, "ada"));
        await chat.NextAsync("delta");
        Assert.Equal((198_000, 2), (await survivor.TokensLeftAsync("ada"), await survivor.PlacesLeftAsync("ada")));

        victim.Kill();
        await victim.WaitForExitAsync();

        await Eventually.TrueAsync(async () => await survivor.TokensLeftAsync("ada") == 200_000 && await survivor.PlacesLeftAsync("ada") == 3);
    }
}
