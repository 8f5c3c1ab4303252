using System.Data.Common;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>The table over SQL, on one connection, gone with it.</summary>
internal abstract class SqlItemTable(DbConnection connection) : ItemTable
{
    // Were it not put in parentheses, the seek predicate would bind to the second half only.
    public const string OfBatch = "i.batch = @batch OR i.batch = -1";

    private static readonly string[] Columns =
        ["batch", "id", "rank", "score", "label", "note", "created_at", "seen_at", "due", "price", "done", "weight", "level", "opens", "checked",
         "reviewed", "parent"];

    public override PageOrder<Item> Order { get; } = ItemOrder.Create(ItemOrder.Fields, TextCollation.Binary);

    public override async Task<Page<Item>> ReadAsync(PagePlan<Item> plan, int batch, int? rank = null)
    {
        await using var command = Command(plan.Compose("i.*", "items AS i", rank is null ? OfBatch : $"({OfBatch}) AND i.rank = {rank}"), batch, out var columns);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.Equal(Columns.Length, columns(reader));
        return await plan.ReadAsync(reader, Read);
    }

    public override async Task<IReadOnlyDictionary<int, Page<Item>>> ReadAsync(PageBatch<Item, int> lists, int batch)
    {
        await using var command = Command(lists.Compose("i.*", "items AS i", OfBatch, "i.rank"), batch, out var columns);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.Equal(Columns.Length, columns(reader));
        return await lists.ReadAsync(reader, Read, item => item.Rank);
    }

    public override async Task InsertAsync(int batch, IEnumerable<Item> items)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var item in items)
        {
            object?[] values =
            [
                batch, item.Id, item.Rank, item.Score, item.Label, item.Note, item.CreatedAt, item.SeenAt, item.Due, item.Price, item.Done, item.Weight,
                (short)item.Level, item.Opens, item.Checked, (short?)item.Reviewed, item.Parent,
            ];
            await using var command = Command(
                $"INSERT INTO items ({string.Join(", ", Columns)}) VALUES ({string.Join(", ", Columns.Select(column => $"@{column}"))})",
                [.. Columns.Zip(values)]);
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    public override async Task DeleteAsync(int batch, IEnumerable<Item> items)
    {
        foreach (var item in items)
        {
            await using var command = Command("DELETE FROM items WHERE batch = @batch AND id = @id", [("batch", batch), ("id", item.Id)]);
            await command.ExecuteNonQueryAsync();
        }
    }

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    protected async Task RunAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A parameter's value in the form in which the engine stores it.</summary>
    protected abstract object Stored(object value);

    protected abstract Item Read(DbDataReader reader);

    private DbCommand Command(PageSql sql, int batch, out Func<DbDataReader, int> columns)
    {
        columns = reader => reader.FieldCount - sql.HiddenColumns;
        return Command(sql.Text, [.. sql.Parameters.Select(parameter => (parameter.Key, parameter.Value)), ("batch", batch)]);
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is null ? DBNull.Value : Stored(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
