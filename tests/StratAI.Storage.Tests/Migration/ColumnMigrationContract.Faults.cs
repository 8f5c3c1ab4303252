using StratAI.Storage.Migration;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Migration;

public abstract partial class ColumnMigrationContract
{
    [Fact]
    public async Task A_row_that_changes_while_it_is_stored_moves_as_it_is_then()
    {
        var id = await _table.AddAsync(Image(100));
        _store.AfterPut = async _ =>
        {
            _store.AfterPut = _ => Task.CompletedTask;
            await _table.WriteAsync(id, Convert.ToBase64String(Image(200, 2)));
        };

        var report = await Migration().RunAsync();

        Assert.Equal((1, 1), (report.Moved, report.Changed));
        AssertAddsUp(report, 1);
        await AssertMovedAsync(id, Image(200, 2));
        Assert.Single(await KeysAsync());
    }

    [Fact]
    public async Task A_row_that_is_deleted_while_it_is_stored_leaves_no_object()
    {
        var id = await _table.AddAsync(Image(100));
        _store.AfterPut = _ => _table.DeleteAsync(id);

        var report = await Migration().RunAsync();

        Assert.Equal((0, 1, 0), (report.Moved, report.Gone, report.Remaining));
        AssertAddsUp(report, 1);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_row_that_the_application_gives_an_object_meanwhile_keeps_that()
    {
        var id = await _table.AddAsync(Image(100));
        _store.AfterPut = _ => database.ExecuteAsync($"UPDATE {_table.Name} SET object_key = 'theirs' WHERE id = @id", ("@id", id));

        var report = await Migration().RunAsync();

        Assert.Equal((0, 1), (report.Moved, report.Gone));
        Assert.Equal("theirs", (await _table.RowAsync(id)).Key);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_store_that_fails_for_a_time_delays_the_rows_and_sets_none_aside()
    {
        var ids = new List<object>();
        for (var row = 0; row < 10; row++)
        {
            ids.Add(await _table.AddAsync(Image(100, row)));
        }

        var failures = 0;
        _store.BeforePut = _ => Interlocked.Increment(ref failures) <= 6 ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "down") : Task.CompletedTask;

        var report = await Migration(options => options with { Workers = 2 }).RunAsync();

        Assert.Equal((10, 0), (report.Moved, report.Quarantined));
        Assert.Equal(6, report.Released);
        AssertAddsUp(report, 10);
        for (var row = 0; row < 10; row++)
        {
            await AssertMovedAsync(ids[row], Image(100, row));
        }

        Assert.Equal(10, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task A_store_that_stays_down_ends_the_run_as_stalled_and_the_next_goes_on()
    {
        await _table.AddAsync(Image(100));
        _store.BeforePut = _ => throw new ObjectStoreException(ObjectStoreFailure.Denied, "no");

        var stalled = await Migration(options => options with { OutageLimit = TimeSpan.FromMilliseconds(200) }).RunAsync();

        Assert.Equal((MigrationEnd.Stalled, 0, 0, 1), (stalled.End, stalled.Moved, stalled.Quarantined, stalled.Remaining));
        _store.BeforePut = _ => Task.CompletedTask;
        Assert.Equal(1, (await Migration().RunAsync()).Moved);
    }

    [Fact]
    public async Task A_store_that_gives_back_other_bytes_gets_no_row()
    {
        var id = await _table.AddAsync(Image(100));
        _store.OnGet = content => new(content.Info, new MemoryStream(Image(100, 99)));

        var report = await Migration(options => options with { OutageLimit = TimeSpan.FromMilliseconds(200) }).RunAsync();

        Assert.Equal((MigrationEnd.Stalled, 0, 1), (report.End, report.Moved, report.Remaining));
        Assert.Null((await _table.RowAsync(id)).Key);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleared_away_once_its_lease_is_over()
    {
        var id = await _table.AddAsync(Image(100));
        _store.BeforePut = _ => throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "down");
        await Migration(options => options with { OutageLimit = TimeSpan.Zero }).RunAsync();
        _store.BeforePut = _ => Task.CompletedTask;
        // As if the process had been killed between storing and committing, a moment before its lease ends.
        await storage.Store.PutTextAsync($"{_prefix}left", "left");
        var now = database.Flavour == SqlFlavour.Sqlite ? "unixepoch('subsec')" : "extract(epoch FROM clock_timestamp())";
        await database.ExecuteAsync($"UPDATE {_table.State} SET claim = 'theirs', object_key = @key, due_at = {now} + 0.3", ("@key", $"{_prefix}left"));

        var report = await Migration().RunAsync();

        Assert.Equal((1, 0), (report.Moved, report.Remaining));
        Assert.Equal([(await _table.RowAsync(id)).Key!], await KeysAsync());
    }

    [Fact]
    public async Task A_worker_whose_lease_was_taken_over_commits_nothing()
    {
        var id = await _table.AddAsync(Image(100));
        var other = Migration();
        _store.AfterPut = async _ =>
        {
            // A second worker takes the row while the first, stopped for longer than its lease, still believes to have it.
            _store.AfterPut = _ => Task.CompletedTask;
            await database.ExecuteAsync($"UPDATE {_table.State} SET due_at = 0");
            Assert.Equal(1, (await other.RunAsync()).Moved);
        };

        // One worker: a colleague of its own run might take the row before the other run does.
        var report = await Migration(options => options with { Workers = 1 }).RunAsync();

        Assert.Equal((0, 1), (report.Moved, report.AlreadyMoved));
        await AssertMovedAsync(id, Image(100));
        Assert.Single(await KeysAsync());
    }

    [Fact]
    public async Task Stopped_it_finishes_the_row_in_flight_and_gives_the_others_back()
    {
        for (var row = 0; row < 8; row++)
        {
            await _table.AddAsync(Image(100, row));
        }

        using var stop = new CancellationTokenSource();
        _store.BeforePut = async _ => await stop.CancelAsync();

        var report = await Migration(options => options with { Workers = 1, BatchSize = 8 }).RunAsync(null, stop.Token);

        Assert.Equal((MigrationEnd.Interrupted, 1, 7), (report.End, report.Moved, report.Remaining));
        AssertAddsUp(report, 8);
        Assert.Empty(await database.QueryAsync($"SELECT row_id FROM {_table.State} WHERE claim IS NOT NULL"));
        _store.BeforePut = _ => Task.CompletedTask;
        var next = await Migration().RunAsync();
        Assert.Equal((7, 1), (next.Moved, next.AlreadyMoved));
        Assert.Equal(8, _store.Puts);
    }

    [Fact]
    public async Task The_ledger_hears_of_every_object_before_it_is_stored_and_of_what_became_of_it()
    {
        var ledger = new RecordingLedger();
        var kept = await _table.AddAsync(Image(100));
        var gone = await _table.AddAsync(Image(200));
        _store.BeforePut = key => Task.Run(() => Assert.Contains($"begin {key}", ledger.Calls));
        _store.AfterPut = async key =>
        {
            if (key.Contains(gone.ToString()!, StringComparison.Ordinal))
            {
                await _table.DeleteAsync(gone);
            }
        };

        await Migration(options => options with { Workers = 1 }, ledger).RunAsync();

        var key = (await _table.RowAsync(kept)).Key!;
        Assert.Contains($"commit {key}", ledger.Calls);
        var other = Assert.Single(ledger.Calls, call => call.StartsWith("abandon", StringComparison.Ordinal));
        Assert.Contains(gone.ToString()!, other, StringComparison.Ordinal);

        ledger.Calls.Clear();
        await Migration(ledger: ledger).ReverseAsync();
        Assert.Equal([$"release {key}", $"remove {key}"], ledger.Calls);
    }

    [Fact]
    public async Task A_ledger_that_has_given_an_object_up_has_the_row_tried_again()
    {
        var ledger = new RecordingLedger { RefusedCommits = 1 };
        await _table.AddAsync(Image(100));

        var report = await Migration(ledger: ledger).RunAsync();

        Assert.Equal((1, 1), (report.Moved, report.Changed));
        Assert.Equal(2, ledger.Calls.Count(call => call.StartsWith("begin", StringComparison.Ordinal)));
    }
}
