using System.Data.Common;
using System.Text.Json;
using Npgsql;

namespace StratAI.Pagination.Tests.Depth;

/// <summary>What PostgreSQL did to run a statement, as EXPLAIN ANALYZE tells it.</summary>
internal sealed class Plan
{
    private readonly List<JsonElement> _nodes = [];

    private Plan(JsonElement root) => Collect(root);

    /// <summary>The scans of the table that ran at all.</summary>
    public IEnumerable<JsonElement> Scans => _nodes.Where(node => node.TryGetProperty("Relation Name", out _) && Number(node, "Actual Loops") > 0);

    /// <summary>Every row that a scan touched: those it passed on and those its filter took away.</summary>
    public long RowsRead => Scans.Sum(scan =>
        Number(scan, "Actual Loops") * (Number(scan, "Actual Rows") + Number(scan, "Rows Removed by Filter") + Number(scan, "Rows Removed by Index Recheck")));

    public IEnumerable<string> Types => _nodes.Select(node => Text(node, "Node Type"));

    public static string Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.ToString() : "";

    public static async Task<Plan> OfAsync(NpgsqlDataSource source, string statement, IEnumerable<(string Name, object? Value)> parameters)
    {
        await using var command = source.CreateCommand($"EXPLAIN (ANALYZE, FORMAT JSON) {statement}");
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        await using DbDataReader reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        using var document = JsonDocument.Parse(reader.GetString(0));
        return new(document.RootElement[0].GetProperty("Plan").Clone());
    }

    private static long Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? (long)value.GetDouble() : 0;

    private void Collect(JsonElement node)
    {
        _nodes.Add(node);
        if (node.TryGetProperty("Plans", out var children))
        {
            foreach (var child in children.EnumerateArray())
            {
                Collect(child);
            }
        }
    }
}
