using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests.Scaling;

/// <summary>What a deployment says of itself at <c>/api/system/scaling</c>, in each of its shapes.</summary>
public abstract class ScalingReportTests(HostFixture host)
{
    [Fact]
    public async Task The_report_names_the_instances_their_parts_and_their_connections()
    {
        var user = await host.NewUserAsync();
        var answer = await user.GetAsync("/api/system/scaling");
        var there = await (await host.Other.SignInAsync(user.User)).GetAsync("/api/system/scaling");

        var report = answer.Body!;
        Assert.Equal(answer.Headers["X-Instance-Id"], report["instance"]!["name"]!.GetValue<string>());
        Assert.NotNull(report["instance"]!["lastBeatAt"]);
        Assert.Equal(
            host.IsDistributed ? [there.Headers["X-Instance-Id"]] : [],
            report["others"]!.AsArray().Select(other => other!["name"]!.GetValue<string>()));
        Assert.Equal(["cache", "rateLimiter", "mutex", "storage", "database", "streams"], report["parts"]!.AsObject().Select(part => part.Key));
        Assert.All(report["parts"]!.AsObject(), part => Assert.Equal(host.IsDistributed ? "distributed" : "embedded", part.Value!["mode"]!.GetValue<string>()));
        Assert.Equal(host.IsDistributed ? 0 : 3, report["constraints"]!.AsArray().Count);
        Assert.Empty(report["warnings"]!.AsArray());

        Assert.Equal(host.IsDistributed, report["pool"] is not null);
        if (report["pool"] is { } pool)
        {
            Assert.Equal((2, 10, 20), (pool["instances"]!.GetValue<int>(), pool["perInstance"]!.GetValue<int>(), pool["total"]!.GetValue<int>()));
            Assert.Equal(host is PooledHost, pool["pooler"]!.GetValue<bool>());
            Assert.Equal(host is PooledHost, pool["headroom"] is null);
            Assert.DoesNotContain(new Npgsql.NpgsqlConnectionStringBuilder(TestServers.Postgres).Port.ToString(null as IFormatProvider), answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(host.Settings["Redis:KeyPrefix"], answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Readiness_tells_each_part_and_the_room_in_the_pool()
    {
        using var http = host.Host.Anonymous();
        var ready = await new ApiClient(http, "").GetAsync("/health/ready");

        Assert.Equal((200, 0), (ready.Status, ready.Body!["reasons"]!.AsArray().Count));
        Assert.Equal(["database", "memory", "objects"], ready.Body["parts"]!.AsObject().Select(part => part.Key));
        Assert.Equal(host.IsDistributed ? 2 : null, ready.Body["pool"]?["instances"]!.GetValue<int>());
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ScalingReportTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ScalingReportTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ScalingReportTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ScalingReportTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ScalingReportTests(host);
}
