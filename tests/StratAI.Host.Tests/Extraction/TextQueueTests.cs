using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Testing;

namespace StratAI.Host.Tests.Extraction;

public abstract class TextQueueTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-12-01T10:00:00Z", null));
    private AppDatabase _database = null!;

    private TextQueue Queue => new(_database, _clock);

    public async Task InitializeAsync()
    {
        _database = await OpenAsync();
        await new Migrator(_database, TimeProvider.System, NullLogger<Migrator>.Instance).ApplyAsync(default);
    }

    public virtual async Task DisposeAsync() => await _database.DisposeAsync();

    internal abstract Task<AppDatabase> OpenAsync();

    [Fact]
    public async Task What_a_dead_worker_had_is_tried_again_when_its_lease_ends_and_at_most_three_times()
    {
        var id = await AddAsync();
        for (var attempt = 1; attempt <= TextQueue.MaximumAttempts; attempt++)
        {
            var claim = await Queue.ClaimAsync(default);
            Assert.Equal((id, attempt, "a.pdf"), (claim!.DocumentId, claim.Attempts, claim.Document.Filename));
            Assert.Null(await Queue.ClaimAsync(default));
            _clock.Advance(TextQueue.Lease - TimeSpan.FromMilliseconds(1));
            Assert.Null(await Queue.ClaimAsync(default));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Null(await Queue.ClaimAsync(default));
        Assert.Equal("Abandoned", await ReasonAsync(id));
    }

    [Fact]
    public async Task Who_comes_back_after_its_lease_changes_nothing()
    {
        var id = await AddAsync();
        var late = await Queue.ClaimAsync(default);
        _clock.Advance(TextQueue.Lease);
        var now = await Queue.ClaimAsync(default);

        using var text = await TextAsync("of the late one");
        Assert.False(await Queue.CompleteAsync(late!, text, default));
        await Queue.FailAsync(late!, TextFailure.Unreadable, default);
        await Queue.PutOffAsync(late!, counts: false, default);
        Assert.Null(await TextOfAsync(id));

        using var other = await TextAsync("of the other");
        Assert.True(await Queue.CompleteAsync(now!, other, default));
        Assert.Equal("of the other", await TextOfAsync(id));
        Assert.False(await Queue.CompleteAsync(now!, text, default));
        Assert.Null(await Queue.ClaimAsync(default));
    }

    [Fact]
    public async Task An_outage_is_no_attempt_and_a_failure_is_the_last_one()
    {
        var id = await AddAsync();
        for (var i = 0; i < 10; i++)
        {
            await Queue.PutOffAsync((await Queue.ClaimAsync(default))!, counts: false, default);
            Assert.Null(await Queue.ClaimAsync(default));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Queue.FailAsync((await Queue.ClaimAsync(default))!, TextFailure.Encrypted, default);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Queue.ClaimAsync(default));
        Assert.Equal("Encrypted", await ReasonAsync(id));
    }

    [Fact]
    public async Task Many_workers_share_the_documents_and_read_each_once()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            ids.Add(await AddAsync());
        }

        var read = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var mine = new List<Guid>();
            while (await Queue.ClaimAsync(default) is { } claim)
            {
                mine.Add(claim.DocumentId);
                using var text = await TextAsync("x");
                Assert.True(await Queue.CompleteAsync(claim, text, default));
            }

            return mine;
        })));

        // One that finds every row taken goes home, even should its owner put it back; so nobody is owed a share.
        Assert.Equal(ids.Order(), read.SelectMany(mine => mine).Order());
    }

    [Fact]
    public async Task Only_what_may_have_a_text_waits_for_one_and_a_deleted_document_does_not()
    {
        await AddAsync("image/png");
        await AddAsync("application/zip");
        var deleted = await AddAsync();
        var claim = await Queue.ClaimAsync(default);
        await _database.ExecuteAsync("DELETE FROM documents WHERE id = @deleted", new { deleted }, default);
        using var text = await TextAsync("x");
        Assert.False(await Queue.CompleteAsync(claim!, text, default));

        var mislabelled = await AddAsync("application/octet-stream");
        Assert.Null(await Queue.ClaimAsync(default));
        await _database.ExecuteAsync("UPDATE documents SET content_type = 'application/pdf' WHERE id = @mislabelled", new { mislabelled }, default);
        Assert.Equal(mislabelled, (await Queue.ClaimAsync(default))!.DocumentId);
    }

    private static Task<DocumentText> TextAsync(string text) => DocumentText.ReadAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), text.Length, default);

    private async Task<Guid> AddAsync(string contentType = "application/pdf")
    {
        var id = Guid.CreateVersion7();
        await _database.ExecuteAsync(
            """
            INSERT INTO documents (id, user_id, filename, content_type, size, sha256, kind, object_key, created_at, updated_at)
            VALUES (@id, 'ada', 'a.pdf', @contentType, 1, '', 'document', @key, @now, @now)
            """,
            new { id, contentType, key = $"documents/{id:N}", now = _clock.GetUtcNow() }, default);
        return id;
    }

    private Task<string?> ReasonAsync(Guid id) => _database.FindAsync<string>("SELECT reason FROM document_texts WHERE document_id = @id", new { id }, default);

    private Task<string?> TextOfAsync(Guid id) => _database.FindAsync<string>("SELECT text FROM documents WHERE id = @id", new { id }, default);

    public sealed class Sqlite : TextQueueTests
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("stratai-texts-").FullName;

        internal override Task<AppDatabase> OpenAsync() => Task.FromResult(AppDatabase.OpenSqlite(Path.Combine(_folder, "test.db")));

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    public sealed class Postgres : TextQueueTests
    {
        private readonly string _name = $"texts_{Guid.NewGuid():N}";

        internal override async Task<AppDatabase> OpenAsync()
        {
            await AdministerAsync($"CREATE DATABASE {_name}");
            return AppDatabase.OpenPostgres(new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = _name }.ConnectionString, NullLoggerFactory.Instance);
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        }

        private static async Task AdministerAsync(string sql)
        {
            await using var admin = NpgsqlDataSource.Create(TestServers.Postgres);
            await using var command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }
}
