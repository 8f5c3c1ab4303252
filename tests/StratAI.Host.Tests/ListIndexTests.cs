using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Pagination;

namespace StratAI.Host.Tests;

/// <summary>Every list is read along an index, in each order that it can be asked for.</summary>
public abstract class ListIndexTests(HostFixture host)
{
    [Fact]
    public async Task Every_order_of_a_list_has_its_index()
    {
        var database = host.Host.Services.GetRequiredService<AppDatabase>();
        await using var connection = await database.OpenAsync(default);
        var indexes = new PageIndexes();
        PagedTables.Register(indexes);

        Assert.Empty(await indexes.CheckAsync(connection, database.Dialect.Paging));
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ListIndexTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ListIndexTests(host);
}
