using System.Data.Common;

namespace StratAI.Pagination.Tests.Engines;

/// <summary>A table of items in a real engine, on one connection, gone with it. Batches keep a property's cases apart.</summary>
internal abstract class ItemTable(DbConnection connection) : IAsyncDisposable
{
    // Were it not put in parentheses, the seek predicate would bind to the second half only.
    public const string OfBatch = "i.batch = @batch OR i.batch = -1";

    private static readonly string[] Columns =
        ["batch", "id", "rank", "score", "label", "note", "created_at", "seen_at", "due", "price", "done", "weight", "level"];

    private int _batches;

    public abstract SqlDialect Dialect { get; }

    public abstract PageOrder<Item> Order { get; }

    public int NewBatch() => _batches++;

    public async Task<(IReadOnlyList<Item> Rows, long? Count)> ReadAsync(PagePlan<Item> plan, int batch)
    {
        var sql = plan.Compose("i.*", "items AS i", OfBatch);
        await using var command = Command(sql.Text, [.. sql.Parameters.Select(parameter => (parameter.Key, parameter.Value)), ("batch", batch)]);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Item>();
        while (await reader.ReadAsync())
        {
            rows.Add(Read(reader));
        }

        if (!await reader.NextResultAsync())
        {
            return (rows, null);
        }

        Assert.True(await reader.ReadAsync());
        return (rows, Assert.IsType<long>(reader.GetValue(0)));
    }

    public async Task InsertAsync(int batch, IEnumerable<Item> items)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var item in items)
        {
            object?[] values =
            [
                batch, item.Id, item.Rank, item.Score, item.Label, item.Note, item.CreatedAt, item.SeenAt, item.Due, item.Price, item.Done, item.Weight,
                (short)item.Level,
            ];
            await using var command = Command(
                $"INSERT INTO items ({string.Join(", ", Columns)}) VALUES ({string.Join(", ", Columns.Select(column => $"@{column}"))})",
                [.. Columns.Zip(values)]);
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    public async Task DeleteAsync(int batch, IEnumerable<Item> items)
    {
        foreach (var item in items)
        {
            await using var command = Command("DELETE FROM items WHERE batch = @batch AND id = @id", [("batch", batch), ("id", item.Id)]);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Adds as many rows as the number says, alike but for their ids.</summary>
    public abstract Task FillAsync(int batch, int count);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    protected async Task RunAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A parameter's value in the form in which the engine stores it.</summary>
    protected abstract object Stored(object value);

    protected abstract Item Read(DbDataReader reader);

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
