using Dapper;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Search;

[Collection(DistributedShape.Name)]
public sealed class SearchIndexTests(DistributedHost host)
{
    [Theory]
    [InlineData("tasks")]
    [InlineData("documents")]
    [InlineData("conversations")]
    [InlineData("messages")]
    [InlineData("pages")]
    public async Task A_search_reads_its_index(string table)
    {
        var database = host.Host.Services.GetRequiredService<AppDatabase>();
        await using var connection = await database.OpenAsync(default);
        await using var transaction = await connection.BeginTransactionAsync();
        // A table with few rows is read faster without any.
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off", transaction: transaction);

        var plan = await connection.QueryAsync<string>(
            $"EXPLAIN SELECT r.id FROM {table} r WHERE {database.Dialect.Matches(table, "r", "@term")}", new { term = database.Dialect.SearchTerm("two words") }, transaction);

        Assert.Contains(plan, line => line.Contains($"Bitmap Index Scan on {table}_search", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("Index Cond: (search @@ '''two'' & ''words'':*'::tsquery)", StringComparison.Ordinal));
    }
}
