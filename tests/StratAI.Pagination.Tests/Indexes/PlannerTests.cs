using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace StratAI.Pagination.Tests.Indexes;

public sealed class PostgresPlannerTests(IndexDatabase database) : PlannerContract, IClassFixture<IndexDatabase>
{
    private protected override SqlDialect Dialect => SqlDialect.PostgreSql;

    private protected override async Task<DbConnection> OpenAsync()
    {
        var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        // What is left is to read an index, or to sort after all.
        command.CommandText =
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET enable_incremental_sort = off; SET jit = off";
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private protected override bool IsHeld((string Column, bool Descending)[] sort) => true;

    private protected override async Task<bool> SortsAsync(DbCommand command, bool isOfRanges)
    {
        command.CommandText = $"EXPLAIN (FORMAT JSON) {command.CommandText}";
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var root = plan.RootElement[0].GetProperty("Plan");
        return Sorts(root) > (isOfRanges ? 1 : 0);
    }

    private static int Sorts(JsonElement node) =>
        (node.GetProperty("Node Type").GetString()!.EndsWith("Sort", StringComparison.Ordinal) ? 1 : 0)
        + (node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().Sum(Sorts) : 0);
}

public sealed class SqlitePlannerTests : PlannerContract
{
    private protected override SqlDialect Dialect => SqlDialect.Sqlite;

    private protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        return connection;
    }

    // Nulls behind ascending values are in no index.
    private protected override bool IsHeld((string Column, bool Descending)[] sort) =>
        !sort.Skip(1).Any(term => term is { Column: "score" or "note", Descending: false });

    private protected override async Task<bool> SortsAsync(DbCommand command, bool isOfRanges)
    {
        command.CommandText = $"EXPLAIN QUERY PLAN {command.CommandText}";
        await using var reader = await command.ExecuteReaderAsync();
        var steps = new List<(int Parent, string Detail)>();
        while (await reader.ReadAsync())
        {
            steps.Add((reader.GetInt32(1), reader.GetString(3)));
        }

        // The rows of a page are sorted beside a scan of the ranges; the table's own are what counts.
        return steps.Where(step => step.Detail.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal)).Any(sort => steps.Exists(step =>
            step.Parent == sort.Parent && step.Detail.Split(' ') is ["SCAN" or "SEARCH", "t", ..]));
    }
}
