using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.EntityFrameworkCore;
using StratAI.Pagination;

namespace StratAI.Benchmarks.Pagination;

/// <summary>The same page, 900,000 rows deep, to the same JSON: by hand, through the package and through Entity Framework Core.</summary>
public class PeerBenchmarks
{
    private const int Depth = 900_000;
    private const int Limit = 50;

    private const string Statement =
        "SELECT t.id, t.title, t.priority, t.due_date, t.created_at FROM tasks t WHERE (t.owner_id = @owner) "
        + "AND (t.created_at, t.id) < (@created_at, @id) ORDER BY t.created_at DESC, t.id DESC LIMIT 51";

    private TaskTable _table = null!;
    private PackagePages _pages = null!;
    private DbContextOptions<TaskContext> _options = null!;
    private string _cursor = "";
    private string _plainCursor = "";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _table = await TaskTable.CreateAsync();
        _pages = new(_table);
        _options = new DbContextOptionsBuilder<TaskContext>().UseNpgsql(_table.Source).Options;
        _cursor = await _pages.CursorAtAsync("-createdAt", Depth);
        _plainCursor = Encode((await _pages.ReadAsync(new PageRequest { Offset = Depth - 1, Limit = 1 })).Data[0]);

        // They are compared for what they cost, so they must do the same.
        var expected = await _pages.ReadAsync(new PageRequest { Cursor = _cursor });
        var (rows, _) = await ReadByHandAsync();
        if (!expected.Data.SequenceEqual(rows))
        {
            throw new InvalidOperationException("The two pages differ.");
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _table.DisposeAsync();

    [Benchmark(Baseline = true)]
    public async Task<int> ByHand()
    {
        var (rows, more) = await ReadByHandAsync();
        return _pages.Write(Envelope(rows, more));
    }

    [Benchmark]
    public Task<int> Package() => _pages.WriteAsync(new PageRequest { Cursor = _cursor });

    [Benchmark]
    public async Task<int> EfCoreByHand()
    {
        var (createdAt, id) = Decode(_plainCursor);
        await using var context = new TaskContext(_options);
        var rows = await context.Tasks.AsNoTracking().Where(task => task.OwnerId == 1)
            .Where(task => task.CreatedAt < createdAt || (task.CreatedAt == createdAt && task.Id.CompareTo(id) < 0))
            .OrderByDescending(task => task.CreatedAt).ThenByDescending(task => task.Id).Take(Limit + 1).ToListAsync();
        var more = rows.Count > Limit;
        return _pages.Write(Envelope(more ? rows[..Limit] : rows, more));
    }

    [Benchmark]
    public async Task<int> EfCoreThroughPackage()
    {
        await using var context = new TaskContext(_options);
        return await _pages.QueryAsync(context, new PageRequest { Cursor = _cursor });
    }

    [Benchmark]
    public async Task<int> EfCoreSkipTake()
    {
        await using var context = new TaskContext(_options);
        var rows = await context.Tasks.AsNoTracking().Where(task => task.OwnerId == 1)
            .OrderByDescending(task => task.CreatedAt).ThenByDescending(task => task.Id).Skip(Depth).Take(Limit + 1).ToListAsync();
        var more = rows.Count > Limit;
        return _pages.Write(Envelope(more ? rows[..Limit] : rows, more));
    }

    /// <summary>A cursor as most write it: the values in base64, readable and unsigned.</summary>
    private static string Encode(TaskRow row)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, row.CreatedAt.Ticks);
        row.Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static (DateTime CreatedAt, Guid Id) Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[24];
        return Base64Url.DecodeFromChars(cursor, bytes, out _, out _) == OperationStatus.Done
            ? (new(BinaryPrimitives.ReadInt64LittleEndian(bytes), DateTimeKind.Utc), new(bytes[8..]))
            : throw new JsonException("The cursor is malformed.");
    }

    private static Page<TaskRow> Envelope(List<TaskRow> rows, bool more) => new(
        rows,
        new() { Limit = Limit, HasMore = more, NextCursor = more ? Encode(rows[^1]) : null, PrevCursor = Encode(rows[0]) });

    private async Task<(List<TaskRow> Rows, bool More)> ReadByHandAsync()
    {
        var (createdAt, id) = Decode(_plainCursor);
        await using var command = _table.Source.CreateCommand(Statement);
        command.Parameters.AddWithValue("owner", 1);
        command.Parameters.AddWithValue("created_at", createdAt);
        command.Parameters.AddWithValue("id", id);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<TaskRow>(Limit + 1);
        while (await reader.ReadAsync())
        {
            rows.Add(PackagePages.Read(reader));
        }

        var more = rows.Count > Limit;
        if (more)
        {
            rows.RemoveAt(Limit);
        }

        return (rows, more);
    }
}
