using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Migration;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Migration;

/// <summary>What the migration promises, on every database and store.</summary>
public abstract partial class ColumnMigrationContract(LegacyDatabase database, TestStorage storage) : IAsyncLifetime
{
    // Stores are shared; every test keeps to keys of its own.
    private readonly string _prefix = $"{Guid.NewGuid():N}/";
    private readonly HookedStore _store = new(storage.Store);
    private LegacyTestTable _table = null!;

    public async Task InitializeAsync() => _table = await database.CreateTableAsync();

    public async Task DisposeAsync() => await storage.DisposeAsync();

    private ColumnMigration Migration(Func<ColumnMigrationOptions, ColumnMigrationOptions>? adjust = null, IMigrationLedger? ledger = null)
    {
        var options = _table.Options(_prefix);
        return new(
            database.ForMigration(), _store, storage.Gate, storage.Services.GetRequiredService<IMeterFactory>(), adjust is null ? options : adjust(options), ledger);
    }

    private async Task<List<string>> KeysAsync() => [.. (await storage.Store.ListAsync(_prefix).ToListAsync()).Select(info => info.Key)];

    /// <summary>Bytes that are a PNG by their beginning.</summary>
    private static byte[] Image(int length, int seed = 1)
    {
        var bytes = new byte[Math.Max(length, Samples.Png.Length)];
        new Random(seed).NextBytes(bytes);
        Samples.Png.CopyTo(bytes, 0);
        return bytes;
    }

    private static void AssertAddsUp(MigrationReport report, long total)
    {
        Assert.Equal(total, report.Total);
        Assert.Equal(total, report.Moved + report.AlreadyMoved + report.Quarantined + report.Gone + report.Remaining);
    }

    private async Task AssertMovedAsync(object id, byte[] bytes, string contentType = "image/png")
    {
        var row = await _table.RowAsync(id);
        Assert.NotNull(row.Key);
        Assert.Equal((bytes.Length, LegacyTestTable.Sha256(bytes), contentType), (row.Size, row.Sha256, row.ContentType));
        Assert.Equal(bytes, await storage.Store.ReadAsync(row.Key));
        Assert.Equal(contentType, (await storage.Store.StatAsync(row.Key))!.ContentType);
    }

    [Fact]
    public async Task Rows_move_in_every_way_base64_is_written_and_keep_their_column()
    {
        var (small, large) = (Image(100), Image(700_000));
        var plain = Convert.ToBase64String(large);
        var expected = new Dictionary<object, byte[]>
        {
            [await _table.AddAsync(small)] = small,
            [await _table.AddAsync(plain)] = large,
            [await _table.AddAsync($"data:image/png;base64,{plain}")] = large,
            [await _table.AddAsync($" DATA:image/png;charset=x;BASE64,{Convert.ToBase64String(small, Base64FormattingOptions.InsertLineBreaks)}\r\n")] = small,
            [await _table.AddAsync($"data:;base64,{plain}")] = large,
            [await _table.AddAsync(plain.Replace('+', '-').Replace('/', '_'), "image/png")] = large,
        };

        var report = await Migration().RunAsync();

        Assert.Equal(MigrationEnd.Completed, report.End);
        Assert.Equal((6, 0, 0), (report.Moved, report.Quarantined, report.Remaining));
        Assert.Equal(expected.Values.Sum(bytes => (long)bytes.Length), report.Bytes);
        AssertAddsUp(report, 6);
        foreach (var (id, bytes) in expected)
        {
            await AssertMovedAsync(id, bytes);
            Assert.NotNull((await _table.RowAsync(id)).Text);
        }

        Assert.Equal(6, (await KeysAsync()).Count);
        Assert.Equal(0, database.OpenConnections);
    }

    [Fact]
    public async Task A_second_run_moves_nothing_again()
    {
        await _table.AddAsync(Image(100));
        await Migration().RunAsync();

        var again = await Migration().RunAsync();

        Assert.Equal((0, 1), (again.Moved, again.AlreadyMoved));
        AssertAddsUp(again, 1);
        Assert.Equal(1, _store.Puts);
    }

    [Fact]
    public async Task Rows_of_an_older_instance_move_with_the_next_run()
    {
        var first = await _table.AddAsync(Image(100));
        await Migration().RunAsync();
        await _table.AddAsync(Image(200));
        // The older one also writes to a row that has moved, as if there were no object.
        await database.ExecuteAsync(
            $"UPDATE {_table.Name} SET object_key = NULL, content_base64 = @text WHERE id = @id", ("@id", first), ("@text", Convert.ToBase64String(Image(300, 3))));

        var report = await Migration().RunAsync();

        Assert.Equal((2, 0), (report.Moved, report.Remaining));
        AssertAddsUp(report, 2);
        await AssertMovedAsync(first, Image(300, 3));
    }

    [Fact]
    public async Task Bad_rows_are_set_aside_with_the_reason_and_stop_nothing()
    {
        var png = Convert.ToBase64String(Image(90));
        var bad = new Dictionary<object, string>
        {
            [await _table.AddAsync(png.Insert(40, "?"))] = "bad-base64",
            [await _table.AddAsync(png[..^1])] = "bad-base64",
            [await _table.AddAsync($"{png[..^4]}QQ==QQ==")] = "bad-base64",
            [await _table.AddAsync($"{png}====")] = "bad-base64",
            [await _table.AddAsync("data:image/png,%89PNG")] = "bad-base64",
            [await _table.AddAsync("")] = "empty",
            [await _table.AddAsync("data:image/png;base64,")] = "empty",
            [await _table.AddAsync(new byte[2000])] = "type-not-allowed",
            [await _table.AddAsync($"data:image/jpeg;base64,{png}")] = "content-mismatch",
            [await _table.AddAsync(png, "image/gif")] = "content-mismatch",
            [await _table.AddAsync(Image(400_000))] = "too-large",
        };
        var good = await _table.AddAsync(Image(300));

        var report = await Migration(options => options with { MaximumBytes = 300_000, Workers = 3, BatchSize = 2 }).RunAsync();

        Assert.Equal((1, bad.Count), (report.Moved, report.Quarantined));
        AssertAddsUp(report, bad.Count + 1);
        Assert.Equal(bad.Values.CountBy(reason => reason).ToDictionary(pair => pair.Key, pair => (long)pair.Value), report.Reasons);
        var listed = new Dictionary<string, string>();
        await foreach (var row in Migration().ListQuarantinedAsync())
        {
            listed[row.Id] = row.Reason.Split(':')[0];
        }

        Assert.Equal(bad.ToDictionary(pair => pair.Key.ToString()!, pair => pair.Value), listed);
        await AssertMovedAsync(good, Image(300));
        Assert.Single(await KeysAsync());
    }

    [Fact]
    public async Task What_was_set_aside_moves_once_it_is_repaired_and_retried()
    {
        var id = await _table.AddAsync("?");
        await Migration().RunAsync();
        await _table.WriteAsync(id, Convert.ToBase64String(Image(100)));

        Assert.Equal(0, (await Migration().RunAsync()).Moved);
        Assert.Equal(1, await Migration().RetryQuarantinedAsync());
        Assert.Equal(1, (await Migration().RunAsync()).Moved);
        await AssertMovedAsync(id, Image(100));
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_writes_nothing()
    {
        await _table.AddAsync(Image(100));
        await _table.AddAsync("?");
        var before = await _table.RowsAsync();

        var dry = await Migration().DryRunAsync();

        Assert.Equal((1, 1, 2), (dry.Moved, dry.Quarantined, dry.Total));
        AssertAddsUp(dry, 2);
        Assert.Equal(before, await _table.RowsAsync());
        Assert.Empty(await KeysAsync());
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(_table.StatesAsync);
        var report = await Migration().RunAsync();
        Assert.Equal((dry.Moved, dry.Quarantined, dry.Bytes), (report.Moved, report.Quarantined, report.Bytes));
    }

    [Fact]
    public async Task Many_workers_and_processes_move_every_row_once()
    {
        var expected = new Dictionary<object, byte[]>();
        for (var row = 0; row < 120; row++)
        {
            var bytes = Image(1 << (row % 17), row);
            expected[await _table.AddAsync(bytes)] = bytes;
        }

        var reports = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Migration(options => options with { Workers = 2, BatchSize = 5 }).RunAsync()));

        Assert.Equal(120, reports.Sum(report => report.Moved));
        Assert.All(reports, report => AssertAddsUp(report, 120));
        Assert.Equal(120, _store.Puts);
        Assert.Equal((await _table.RowsAsync()).Select(row => row.Key).Order(StringComparer.Ordinal), (await KeysAsync()).Order(StringComparer.Ordinal));
        foreach (var row in await _table.RowsAsync())
        {
            Assert.Equal(expected[row.Id], await storage.Store.ReadAsync(row.Key!));
        }
    }
}
