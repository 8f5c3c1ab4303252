using StratAI.Testing;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Two instances as <see cref="DistributedHost"/>'s, all of whose statements go through PgBouncer in transaction mode, migrations too.</summary>
public sealed class PooledHost : DistributedHost
{
    protected override string Database => TestServers.PgBouncer;
}

[CollectionDefinition(Name)]
public sealed class PooledShape : ICollectionFixture<PooledHost>
{
    public const string Name = "pooled";
}
