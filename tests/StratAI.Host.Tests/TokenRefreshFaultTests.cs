using System.Globalization;
using System.Net.Http.Headers;
using StackExchange.Redis;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>What becomes of a refresh whose instance dies, and where instances cannot tell who is at it.</summary>
[Collection(DistributedShape.Name)]
public sealed class TokenRefreshFaultTests(DistributedHost host)
{
    private const string Calendar = "/api/integrations/calendar";
    private const string Events = Calendar + "/events?from=2026-12-01T00:00:00Z&to=2026-12-08T00:00:00Z";

    [Theory]
    [InlineData(false, 200, "connected")]
    [InlineData(true, 409, "error")]
    public async Task An_instance_killed_at_the_token_endpoint_costs_the_connection_only_where_the_token_was_spent(bool spent, int expected, string status)
    {
        // The others wait for the dead one's lease, and ask the endpoint themselves only after it.
        var settings = new Dictionary<string, string>(host.Settings) { ["Mutex:Lease"] = "00:00:01" };
        await using var victim = new HostProcess([.. settings.Select(setting => (setting.Key, setting.Value))]);
        await using var survivor = new HostInstance(settings);
        await victim.WaitUntilReadyAsync();
        var user = await survivor.SignInAsync($"user-{Guid.NewGuid():N}");
        using var http = new HttpClient { BaseAddress = victim.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await ApiClient.TokenAsync(http, user.User));
        var account = host.Calendar.NewAccount();
        await user.PutAsync(Calendar, account.Body());
        await TokenRefreshTests.ExpireAsync(survivor, user);

        if (spent)
        {
            account.AfterRefresh = victim.Kill;
        }
        else
        {
            account.BeforeRefresh = call =>
            {
                if (call == 1)
                {
                    victim.Kill();
                }

                return Task.FromResult(call == 1 ? Microsoft.AspNetCore.Http.Results.StatusCode(500) : null);
            };
        }

        var killed = http.GetAsync(new Uri(Events, UriKind.Relative));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => killed);
        account.AfterRefresh = null;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => user.GetAsync(Events)));

        Assert.All(answers, answer => Assert.True(answer.Status == expected, answer.Text));
        Assert.Equal(2, account.Calls);
        Assert.Equal(status, (await user.GetAsync("/api/integrations")).Body!["data"]![0]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task With_a_shared_database_and_no_redis_nothing_is_refreshed()
    {
        var folder = Directory.CreateTempSubdirectory("stratai-host-");
        var settings = host.Settings.Where(setting => setting.Key != "ConnectionStrings:Redis").ToDictionary();
        // The data-protection keys of a host without Redis are in its folder.
        foreach (var key in settings.Keys.Where(key => key.StartsWith("Storage:", StringComparison.Ordinal)).ToList())
        {
            settings.Remove(key);
        }

        settings["Data:Folder"] = folder.FullName;
        await using (var lone = new HostInstance(settings))
        {
            var user = await lone.SignInAsync($"user-{Guid.NewGuid():N}");
            var account = host.Calendar.NewAccount();
            await user.PutAsync(Calendar, account.Body());
            Assert.Equal(200, (await user.GetAsync(Events)).Status);
            await TokenRefreshTests.ExpireAsync(lone, user);
            var answer = await user.GetAsync(Events);
            Assert.Equal((503, "integration-unavailable", 0), (answer.Status, answer.Code, account.Calls));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_its_redis_nothing_is_refreshed_and_good_tokens_are_used_all_the_same()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = new Dictionary<string, string>(host.Settings)
        {
            ["ConnectionStrings:Redis"] = redis.Configuration,
            ["Mutex:RedisTimeout"] = "00:00:00.5",
            ["Limits:RedisTimeout"] = "00:00:00.5",
        };
        await using var instance = new HostInstance(settings);
        var (user, expired) = (await instance.SignInAsync($"user-{Guid.NewGuid():N}"), await instance.SignInAsync($"user-{Guid.NewGuid():N}"));
        var account = host.Calendar.NewAccount();
        await user.PutAsync(Calendar, host.Calendar.NewAccount().Body());
        await expired.PutAsync(Calendar, account.Body());
        await TokenRefreshTests.ExpireAsync(instance, expired);

        redis.Kill();

        Assert.Equal(200, (await user.GetAsync(Events)).Status);
        var answer = await expired.GetAsync(Events);
        Assert.Equal((503, "integration-unavailable", 0), (answer.Status, answer.Code, account.Calls));
        Assert.True(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task Without_a_calendar_configured_reading_one_is_503_and_says_what_to_set()
    {
        var settings = host.Settings.Where(setting => !setting.Key.StartsWith("Integrations:", StringComparison.Ordinal)).ToDictionary();
        await using var other = new HostInstance(settings);
        var user = await other.SignInAsync($"user-{Guid.NewGuid():N}");
        Assert.Equal(200, (await user.PutAsync(Calendar, host.Calendar.NewAccount().Body())).Status);
        var answer = await user.GetAsync(Events);
        Assert.Equal((503, "integration-unavailable", false), (answer.Status, answer.Code, answer.Headers.ContainsKey("Retry-After")));
        Assert.Contains("Integrations:Calendar:BaseUrl", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_leaves_nothing_in_redis_that_never_expires()
    {
        var user = await host.NewUserAsync();
        var account = host.Calendar.NewAccount();
        await user.PutAsync(Calendar, account.Body());
        await TokenRefreshTests.ExpireAsync(host.Host, user);
        Assert.Equal(200, (await user.GetAsync(Events)).Status);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var (database, found) = (redis.GetDatabase(), 0);
        await foreach (var key in redis.GetServers()[0].KeysAsync(database.Database, $"*{host.Settings["Redis:KeyPrefix"]}.mutex*"))
        {
            found++;
            Assert.False(await database.KeyExistsAsync(key) && await database.KeyTimeToLiveAsync(key) is null, $"{key} never expires.");
            var text = key.ToString() + (await database.KeyTypeAsync(key) == RedisType.String ? (string?)await database.StringGetAsync(key) : "");
            Assert.DoesNotContain(account.AccessToken, text, StringComparison.Ordinal);
        }

        Assert.True(found > 0, "Nothing of the refresh is in Redis.");
    }
}
