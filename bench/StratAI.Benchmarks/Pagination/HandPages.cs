using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Npgsql;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>The page as one writes it by hand with Npgsql, to the same JSON but for the cursors: those are readable and unsigned.</summary>
internal sealed class HandPages
{
    private const int Limit = 50;

    private const string Statement =
        "SELECT t.id, t.title, t.priority, t.due_date, t.created_at FROM tasks t WHERE (t.owner_id = @owner) "
        + "AND (t.created_at, t.id) < (@created_at, @id) ORDER BY t.created_at DESC, t.id DESC LIMIT 51";

    private readonly NpgsqlDataSource _source;
    private readonly PackagePages _pages;

    private HandPages(NpgsqlDataSource source, PackagePages pages, string cursor) => (_source, _pages, Cursor) = (source, pages, cursor);

    public string Cursor { get; }

    public static async Task<HandPages> CreateAsync(NpgsqlDataSource source, PackagePages pages, int depth)
    {
        var hand = new HandPages(source, pages, Encode((await pages.ReadAsync(new PageRequest { Offset = depth - 1, Limit = 1 })).Data[0]));

        // They are compared for what they cost, so they must do the same.
        var expected = await pages.ReadAsync(new PageRequest { Cursor = await pages.CursorAtAsync("-createdAt", depth) });
        return expected.Data.SequenceEqual((await hand.ReadAsync()).Data) ? hand : throw new InvalidOperationException("The two pages differ.");
    }

    public async Task<int> WriteAsync() => _pages.Write(await ReadAsync());

    public static Page<TaskRow> Envelope(List<TaskRow> rows)
    {
        var more = rows.Count > Limit;
        if (more)
        {
            rows.RemoveAt(Limit);
        }

        return new(rows, new() { Limit = Limit, HasMore = more, NextCursor = more ? Encode(rows[^1]) : null, PrevCursor = Encode(rows[0]) });
    }

    public static (DateTime CreatedAt, Guid Id) Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[24];
        return Base64Url.DecodeFromChars(cursor, bytes, out _, out _) == OperationStatus.Done
            ? (new(BinaryPrimitives.ReadInt64LittleEndian(bytes), DateTimeKind.Utc), new(bytes[8..]))
            : throw new JsonException("The cursor is malformed.");
    }

    private static string Encode(TaskRow row)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, row.CreatedAt.Ticks);
        row.Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    private async Task<Page<TaskRow>> ReadAsync()
    {
        var (createdAt, id) = Decode(Cursor);
        await using var command = _source.CreateCommand(Statement);
        command.Parameters.AddWithValue("owner", 1);
        command.Parameters.AddWithValue("created_at", createdAt);
        command.Parameters.AddWithValue("id", id);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<TaskRow>(Limit + 1);
        while (await reader.ReadAsync())
        {
            rows.Add(PackagePages.Read(reader));
        }

        return Envelope(rows);
    }
}
