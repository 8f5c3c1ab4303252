using System.Text.Json.Serialization;

namespace StratAI.Host.Features.Scaling;

/// <summary>The connections that all instances may open, against those that the server has for them.</summary>
/// <param name="Instances">Instances alive.</param>
/// <param name="PerInstance">The pool of the instance that answers.</param>
/// <param name="Total">The pools of all of them.</param>
/// <param name="Available">What the server has for them: <paramref name="MaxConnections"/> less what is reserved, or a lower limit of the database or the role.</param>
/// <param name="MaxConnections">The server's <c>max_connections</c>.</param>
/// <param name="Headroom"><paramref name="Available"/> less <paramref name="Total"/>; null behind a pooler, which opens fewer than it takes.</param>
/// <param name="Pooler">Whether a pooler stands between.</param>
/// <param name="Detail">The same in words.</param>
internal sealed record PoolUse(int Instances, int PerInstance, int Total, int Available, int MaxConnections, int? Headroom, bool Pooler, string Detail)
{
    [JsonIgnore]
    public bool IsExceeded => Headroom < 0;

    public static PoolUse Of(IReadOnlyCollection<Instance> alive, Instance self, DatabaseServer server)
    {
        var (total, available) = (alive.Sum(instance => instance.PoolSize), server.Available);
        int? headroom = server.IsPooled ? null : available - total;
        var sum = alive.Count == 1 ? $"1 instance opens up to {total} connections"
            : alive.All(instance => instance.PoolSize == self.PoolSize) ? $"{alive.Count} instances × {self.PoolSize} are up to {total} connections"
            : $"{alive.Count} instances with pools of several sizes are up to {total} connections";
        return new(alive.Count, self.PoolSize, total, available, server.MaxConnections, headroom, server.IsPooled, headroom switch
        {
            null => $"{sum} to a pooler, whose max_client_conn must be at least that. The server has {available} for it.",
            < 0 => $"{sum}, more than the {available} that the server has for them: lower Maximum Pool Size, put a pooler between, or raise max_connections.",
            _ => $"{sum} of the {available} that the server has for them.",
        });
    }
}
