using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Scaling;

/// <summary>Instances on one database that must not serve beside each other.</summary>
[Collection(DistributedShape.Name)]
public sealed class ConflictTests(DistributedHost host) : IDisposable
{
    private const string AnotherKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    // A setting, or all under it, that is another one, or none, and what is said then.
    private static readonly (string Setting, string? Value, string Reason)[] Conflicts =
    [
        ("ConnectionStrings:Redis", null, "one keeps caches, limits, locks and chat streams in its process: set ConnectionStrings:Redis"),
        ("Storage:S3", null, "one keeps objects in its data folder: set Storage:S3:Endpoint"),
        ("MasterKey", AnotherKey, "have different master keys: give all the same MasterKey"),
        ("Redis:KeyPrefix", "another", "do not share one Redis under one prefix"),
        ("Storage:S3:Bucket", "another-bucket", "keep objects in different buckets: give all the same Storage:S3:Bucket"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-conflict-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Both_are_not_ready_and_say_why_until_one_of_them_is_gone()
    {
        var settings = host.SettingsApart(("Data:Folder", _folder));
        await using var one = new HostInstance(settings);
        foreach (var (setting, value, reason) in Conflicts)
        {
            Assert.Equal(200, (await ReadyAsync(one)).Status);
            var others = settings.Where(pair => !pair.Key.StartsWith(setting, StringComparison.Ordinal)).ToDictionary();
            if (value is not null)
            {
                others[setting] = value;
            }

            await using var another = new HostInstance(others);
            foreach (var instance in new[] { one, another })
            {
                var ready = await ReadyAsync(instance);
                Assert.Equal((503, "unavailable"), (ready.Status, ready.Body!["status"]!.GetValue<string>()));
                Assert.Contains(reason, OnlyOne(ready.Body["reasons"]), StringComparison.Ordinal);

                var report = await (await instance.SignInAsync("ada")).GetAsync("/api/system/scaling");
                Assert.Equal((200, 1), (report.Status, report.Body!["others"]!.AsArray().Count));
                Assert.Contains(reason, OnlyOne(report.Body["warnings"]), StringComparison.Ordinal);
            }
        }

        Assert.Equal(200, (await ReadyAsync(one)).Status);
    }

    [Fact]
    public async Task More_connections_than_the_server_has_are_a_warning_and_no_reason_not_to_serve()
    {
        var settings = host.SettingsApart();
        settings["ConnectionStrings:Postgres"] += ";Maximum Pool Size=1000";
        await using var instance = new HostInstance(settings);

        var ready = await ReadyAsync(instance);
        Assert.Equal(200, ready.Status);
        Assert.True(ready.Body!["pool"]!["headroom"]!.GetValue<int>() < 0);
        var report = await (await instance.SignInAsync("ada")).GetAsync("/api/system/scaling");
        Assert.Contains("1 instance opens up to 1000 connections, more than the", OnlyOne(report.Body!["warnings"]), StringComparison.Ordinal);
    }

    private static string OnlyOne(JsonNode? texts) => Assert.Single(texts!.AsArray())!.GetValue<string>();

    private static async Task<Answer> ReadyAsync(HostInstance instance)
    {
        using var http = instance.Anonymous();
        return await new ApiClient(http, "").GetAsync("/health/ready");
    }
}
