using StackExchange.Redis;
using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Scaling;

internal static class ScalingEndpoints
{
    public static void MapScaling(this RouteGroupBuilder api) =>
        api.MapGet("/system/scaling", ReportAsync).WithSummary("The instances that are alive, what they share, and what holds them to one.");

    private static async Task<ScalingReport> ReportAsync(Heartbeat heartbeat, PartModes modes, IServiceProvider services, CancellationToken cancellation)
    {
        var alive = await heartbeat.AliveAsync(cancellation);
        var (self, pool) = (alive.Single(instance => instance.Name == heartbeat.Self.Name), heartbeat.PoolOf(alive));
        return new(
            InstanceView.Of(self),
            [.. alive.Where(instance => instance != self).Select(InstanceView.Of)],
            PartsOf(modes, heartbeat.Server, services.GetService<IConnectionMultiplexer>()),
            pool,
            modes.Constraints,
            [.. Deployment.Conflicts(alive), .. pool is { IsExceeded: true } ? [pool.Detail] : Array.Empty<string>()]);
    }

    private static ScalingParts PartsOf(PartModes modes, DatabaseServer? server, IConnectionMultiplexer? redis)
    {
        var memory = TopologyOf(redis);
        return new(
            Memory($"A cache in the process before one in {memory}, which also carries invalidations.", "In the process; another instance would not hear of changes."),
            Memory($"Counted in {memory} for all instances.", "Counted in the process; another instance would grant every limit once more."),
            Memory($"In {memory}, with fencing tokens.", "In the process; another instance would not wait."),
            Of(modes.Objects, "An S3-compatible server.", "Files in the data folder."),
            Of(modes.Database, server is null ? "PostgreSQL." : $"PostgreSQL {server.Version}{(server.IsPooled ? ", through a pooler" : "")}.", "SQLite in the data folder."),
            Memory($"In {memory}, for 10 minutes after their end.", "In the process that makes them."));

        PartView Memory(string distributed, string embedded) => Of(modes.Memory, distributed, embedded);

        static PartView Of(bool isDistributed, string distributed, string embedded) => new(PartModes.NameOf(isDistributed), isDistributed ? distributed : embedded);
    }

    private static string TopologyOf(IConnectionMultiplexer? redis) => redis?.GetServers() switch
    {
        null => "",
        var servers when servers.All(server => !server.IsConnected) => "Redis, which does not answer now",
        var servers when servers.Any(server => server.ServerType == ServerType.Cluster) => "Redis Cluster",
        _ => "Redis",
    };
}
