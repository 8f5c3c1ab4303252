using System.Security.Cryptography;
using StratAI.Storage.Migration;

namespace StratAI.Storage.Tests.Migration;

/// <summary>One test's table of images.</summary>
public sealed class LegacyTestTable(LegacyDatabase database, string name)
{
    public string Name => name;

    public string State => $"{name}_state";

    public LegacyDatabase Database => database;

    public ColumnMigrationOptions Options(string prefix) => new()
    {
        Table = name,
        DataColumn = "content_base64",
        KeyColumn = "object_key",
        SizeColumn = "size",
        Sha256Column = "sha256",
        ContentTypeColumn = "content_type",
        StateTable = State,
        NewKey = id => $"{prefix}{id}/{Guid.NewGuid():N}",
        RetryDelay = TimeSpan.FromMilliseconds(10),
        MaximumRetryDelay = TimeSpan.FromMilliseconds(50),
    };

    public async Task<object> AddAsync(string? text, string? contentType = null)
    {
        var id = database.NewId();
        await database.ExecuteAsync(
            $"INSERT INTO {name} (id, content_base64, content_type, title) VALUES (@id, @text, @type, 'an image')", ("@id", id), ("@text", text), ("@type", contentType));
        return id;
    }

    public Task<object> AddAsync(byte[] bytes) => AddAsync(Convert.ToBase64String(bytes));

    public async Task<TestRow> RowAsync(object id) => (await RowsAsync()).Single(row => row.Id.Equals(id));

    public async Task<List<TestRow>> RowsAsync() =>
        [.. (await database.QueryAsync($"SELECT id, content_base64, object_key, size, sha256, content_type FROM {name} ORDER BY id"))
            .Select(row => new TestRow(row[0]!, (string?)row[1], (string?)row[2], (long?)row[3], (string?)row[4], (string?)row[5]))];

    public Task WriteAsync(object id, string? text) =>
        database.ExecuteAsync($"UPDATE {name} SET content_base64 = @text WHERE id = @id", ("@id", id), ("@text", text));

    public Task DeleteAsync(object id) => database.ExecuteAsync($"DELETE FROM {name} WHERE id = @id", ("@id", id));

    public async Task<Dictionary<string, long>> StatesAsync() =>
        (await database.QueryAsync($"SELECT state, count(*) FROM {State} GROUP BY state")).ToDictionary(row => (string)row[0]!, row => (long)row[1]!);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

public sealed record TestRow(object Id, string? Text, string? Key, long? Size, string? Sha256, string? ContentType);
