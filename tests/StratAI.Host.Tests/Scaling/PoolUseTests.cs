using StratAI.Host.Features.Scaling;

namespace StratAI.Host.Tests.Scaling;

public sealed class PoolUseTests
{
    [Theory]
    [InlineData(3, 100, 3, -1, -1, 97, 67)]
    [InlineData(10, 100, 3, -1, -1, 97, -3)]
    [InlineData(3, 100, 3, 40, -1, 40, 10)]
    [InlineData(3, 100, 3, 40, 20, 20, -10)]
    public void The_least_of_what_server_database_and_role_allow_is_what_there_is(
        int instances, int maximum, int reserved, int database, int role, int available, int headroom)
    {
        var pool = Of(instances, new() { MaxConnections = maximum, Reserved = reserved, DatabaseLimit = database, RoleLimit = role });
        Assert.Equal((available, headroom, headroom < 0), (pool.Available, pool.Headroom, pool.IsExceeded));
        Assert.Equal(headroom < 0, pool.Detail.Contains("lower Maximum Pool Size", StringComparison.Ordinal));
    }

    [Fact]
    public void Behind_a_pooler_the_server_s_limit_is_not_the_hosts()
    {
        var pool = Of(50, new() { MaxConnections = 100, DatabaseLimit = -1, RoleLimit = -1, IsPooled = true });
        Assert.Equal((500, null, false), (pool.Total, pool.Headroom, pool.IsExceeded));
        Assert.Contains("max_client_conn", pool.Detail, StringComparison.Ordinal);
    }

    private static PoolUse Of(int instances, DatabaseServer server)
    {
        var alive = Enumerable.Range(0, instances).Select(i => new Instance { Name = $"{i}", PoolSize = 10 }).ToList();
        return PoolUse.Of(alive, alive[0], server);
    }
}
