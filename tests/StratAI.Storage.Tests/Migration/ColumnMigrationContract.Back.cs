using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Migration;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Migration;

public abstract partial class ColumnMigrationContract
{
    [Fact]
    public async Task Reversed_every_row_has_its_data_again_and_no_object_is_left()
    {
        var (kept, purged) = (await _table.AddAsync($"data:image/png;base64,{Convert.ToBase64String(Image(100))}"), await _table.AddAsync(Image(300_000)));
        var before = await _table.RowAsync(kept);
        await Migration().RunAsync();
        // One that is an object alone by now.
        await _table.WriteAsync(purged, null);

        var report = await Migration().ReverseAsync();

        Assert.Equal((MigrationEnd.Completed, 2), (report.End, report.Returned));
        Assert.Empty(await KeysAsync());
        Assert.Empty(await _table.StatesAsync());
        Assert.Equal((before.Text, (string?)null), ((await _table.RowAsync(kept)).Text, (await _table.RowAsync(kept)).Key));
        Assert.Equal((Convert.ToBase64String(Image(300_000)), (string?)null), ((await _table.RowAsync(purged)).Text, (await _table.RowAsync(purged)).Key));
        Assert.Equal(2, (await Migration().RunAsync()).Moved);
    }

    [Fact]
    public async Task A_reverse_that_was_killed_before_it_removed_an_object_is_finished_by_the_next()
    {
        var (kept, deleted) = (await _table.AddAsync(Image(100)), await _table.AddAsync(Image(200)));
        await Migration().RunAsync();
        await database.ExecuteAsync($"UPDATE {_table.State} SET state = 'returning'");
        await database.ExecuteAsync($"UPDATE {_table.Name} SET object_key = NULL");
        await _table.DeleteAsync(deleted);

        var report = await Migration().ReverseAsync();

        Assert.Equal((2, 0), (report.Returned, report.Remaining));
        Assert.Empty(await KeysAsync());
        Assert.Equal(Convert.ToBase64String(Image(100)), (await _table.RowAsync(kept)).Text);
    }

    [Fact]
    public async Task A_purge_empties_what_is_safe_and_nothing_else()
    {
        var good = await _table.AddAsync(Image(100, 1));
        var lost = await _table.AddAsync(Image(100, 2));
        var damaged = await _table.AddAsync(Image(100, 3));
        var rewritten = await _table.AddAsync(Image(100, 4));
        var bad = await _table.AddAsync("?");
        await Migration().RunAsync();
        await storage.Store.DeleteAsync((await _table.RowAsync(lost)).Key!);
        await storage.Store.PutTextAsync((await _table.RowAsync(damaged)).Key!, "something else");
        await _table.WriteAsync(rewritten, Convert.ToBase64String(Image(200, 5)));

        var report = await Migration().PurgeAsync();

        Assert.Equal((1, 3, 4), (report.Purged, report.Reasons.Values.Sum(), report.Quarantined));
        AssertAddsUp(report, 5);
        Assert.Null((await _table.RowAsync(good)).Text);
        Assert.Equal(new Dictionary<string, long> { ["object-missing"] = 1, ["object-differs"] = 1, ["column-differs"] = 1 }, report.Reasons);
        foreach (var id in new[] { lost, damaged, rewritten, bad })
        {
            Assert.NotNull((await _table.RowAsync(id)).Text);
        }

        // Retried by a run, what has its object still is taken for moved, not for new.
        await Migration().RetryQuarantinedAsync();
        Assert.Equal(0, (await Migration().RunAsync()).Moved);
        Assert.NotNull((await _table.RowAsync(lost)).Key);
    }

    [Fact]
    public async Task One_row_can_be_moved_ahead_of_its_turn()
    {
        var (id, bad) = (await _table.AddAsync(Image(100)), await _table.AddAsync("?"));

        Assert.Equal(MoveOutcome.Moved, await Migration().MoveRowAsync(id));
        Assert.Equal(MoveOutcome.Moved, await Migration().MoveRowAsync(id));
        Assert.Equal(MoveOutcome.Quarantined, await Migration().MoveRowAsync(bad));
        Assert.Equal(MoveOutcome.Quarantined, await Migration().MoveRowAsync(bad));
        Assert.Equal(MoveOutcome.Gone, await Migration().MoveRowAsync(database.NewId()));
        await AssertMovedAsync(id, Image(100));
        var report = await Migration().RunAsync();
        Assert.Equal((0, 1, 1), (report.Moved, report.AlreadyMoved, report.Quarantined));
    }

    [Fact]
    public async Task A_row_that_is_being_moved_is_busy_and_moves_once()
    {
        var id = await _table.AddAsync(Image(100));
        _store.AfterPut = async _ => Assert.Equal(MoveOutcome.Busy, await Migration().MoveRowAsync(id));

        Assert.Equal(1, (await Migration().RunAsync()).Moved);
        Assert.Equal(1, _store.Puts);
    }

    [Fact]
    public async Task A_row_is_read_from_wherever_it_is()
    {
        using var fallbacks = new Measurements<long>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.MigrationFallbacks);
        var bytes = Image(200_000);
        var id = await _table.AddAsync(bytes);
        var migration = Migration();

        await using (var legacy = migration.OpenRow(id, null, DateTimeOffset.UnixEpoch))
        {
            var info = await legacy.StatAsync("any");
            Assert.Equal((bytes.Length, LegacyTestTable.Sha256(bytes), DateTimeOffset.UnixEpoch), (info!.Size, info.ETag, info.LastModified));
            await using var content = await legacy.GetAsync("any", new() { Range = new(100_000, 50) });
            // Whatever the client takes its time for now, the database is not kept waiting.
            Assert.Equal(0, database.OpenConnections);
            Assert.Equal(bytes[100_000..100_050], await content!.Stream.ReadToEndAsync());
            Assert.Equal(new ByteRange(100_000, 50), content.Range);
            await legacy.GetAsync("any", new() { Range = new(200_000) }).FailsWithAsync(ObjectStoreFailure.RangeNotSatisfiable);
            await legacy.GetAsync("any", new() { IfNoneMatch = info.ETag }).FailsWithAsync(ObjectStoreFailure.NotModified);
        }

        await migration.RunAsync();
        var key = (await _table.RowAsync(id)).Key!;
        Assert.Equal(bytes, await ReadAsync(key));
        Assert.Single(fallbacks.All);
        await storage.Store.DeleteAsync(key);
        Assert.Equal(bytes, await ReadAsync(key));
        await _table.WriteAsync(id, null);
        Assert.Null(await ReadAsync(key));
        Assert.Equal(["not_moved", "object_missing"], fallbacks.All.Select(read => (string)read.Tags["reason"]!));

        async Task<byte[]?> ReadAsync(string? known)
        {
            await using var row = migration.OpenRow(id, known, DateTimeOffset.UnixEpoch);
            return await row.ReadAsync("any");
        }
    }

    [Fact]
    public async Task A_reader_that_saw_the_row_before_it_moved_and_was_purged_still_gets_the_bytes()
    {
        var id = await _table.AddAsync(Image(100));
        await using var row = Migration().OpenRow(id, null, DateTimeOffset.UnixEpoch);
        await Migration().RunAsync();
        await Migration().PurgeAsync();

        Assert.Equal(Image(100), await row.ReadAsync("any"));
    }
}
