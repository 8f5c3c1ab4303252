using System.Data.Common;
using System.Globalization;
using System.Text;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using Xunit.Abstractions;

namespace StratAI.Host.Tests.Objects;

/// <summary>
/// Random sequences of uploads that fail somewhere, deletions, sweeps and time, on the real database and the real store. At every moment each document
/// has its bytes; in the end there is nothing else. STRATAI_FUZZ=20 makes twenty times as many runs, STRATAI_SEED repeats a failed one.
/// </summary>
public abstract class LedgerModelTests(HostFixture fixture, ITestOutputHelper output)
{
    private const int Runs = 6;
    private const int Steps = 40;

    private static readonly int Factor = int.Parse(Environment.GetEnvironmentVariable("STRATAI_FUZZ") ?? "1", CultureInfo.InvariantCulture);

    private static readonly int FirstSeed =
        int.Parse(Environment.GetEnvironmentVariable("STRATAI_SEED") ?? $"{Random.Shared.Next(1_000_000)}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_fails_documents_keep_their_bytes_and_nothing_else_stays()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        for (var seed = FirstSeed; seed < FirstSeed + Runs * Factor; seed++)
        {
            var run = new Run(deployment, new Random(seed));
            try
            {
                await run.GoAsync(Steps);
            }
            catch (Exception)
            {
                output.WriteLine($"STRATAI_SEED={seed}\n{string.Join('\n', run.Done)}");
                throw;
            }
        }
    }

    private sealed class Run(ObjectDeployment deployment, Random random)
    {
        private readonly FaultyStore _store = new(deployment.Store);
        private readonly Dictionary<Guid, string> _documents = [];

        public List<string> Done { get; } = [];

        public async Task GoAsync(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                _store.Deletes = random.Next(3) == 0 ? (FaultyStore.DeleteFault)random.Next(4) : FaultyStore.DeleteFault.None;
                await StepAsync();
                await CheckAsync();
            }

            _store.Deletes = FaultyStore.DeleteFault.None;
            await _store.ArriveAsync();
            await deployment.AssertAllIsOwnedAsync(_documents.Count);
            await deployment.Database.ExecuteAsync("DELETE FROM documents", new { }, default);
            await deployment.AssertAllIsOwnedAsync(0);
            Assert.Empty(await deployment.KeysAsync());
        }

        private Task StepAsync()
        {
            switch (random.Next(12))
            {
                case < 5:
                    return UploadAsync((FaultyStore.PutFault)random.Next(4), fails: random.Next(6) == 0);
                case 5:
                    return CrashAsync(stored: random.Next(2) == 0);
                case < 9:
                    return DeleteAsync(crash: random.Next(3) == 0);
                case 9:
                    return AdvanceAsync();
                default:
                    return SweepAsync();
            }
        }

        private async Task UploadAsync(FaultyStore.PutFault fault, bool fails)
        {
            var (user, text, id) = ($"user-{random.Next(2)}", $"text {random.Next(4)}", Guid.CreateVersion7());
            var deduplicate = random.Next(3) > 0;
            Done.Add($"upload '{text}' of {user}, deduplicated: {deduplicate}, put: {fault}, row fails: {fails}");
            _store.NextPut = fault;
            await using var upload = await ReceiveAsync(text);
            // A space that there is not fails the commit of the document, after its object is stored.
            var document = DocumentOf(id, upload) with { SpaceId = fails ? Guid.NewGuid() : null };
            try
            {
                using var documents = deployment.Documents(_store, deduplicate);
                await documents.AddAsync(document, upload, user, DocumentText.Of(upload), null, default);
                _documents[id] = text;
            }
            catch (Exception exception) when (exception is ObjectStoreException or DbException)
            {
                Assert.True(fault != FaultyStore.PutFault.None || fails, "It failed though nothing was made to.");
            }

            _store.NextPut = FaultyStore.PutFault.None;
        }

        /// <summary>What an instance leaves that ends between the steps of an upload.</summary>
        private async Task CrashAsync(bool stored)
        {
            Done.Add($"crash in an upload, stored: {stored}");
            var key = $"documents/{Guid.CreateVersion7():N}";
            await deployment.Ledger(_store).BeginAsync(key, "user-0", ObjectLedger.UploadLimit, default);
            if (stored)
            {
                await deployment.Store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes("lost")));
            }
        }

        private async Task DeleteAsync(bool crash)
        {
            if (_documents.Count == 0)
            {
                return;
            }

            var id = _documents.Keys.Order().ElementAt(random.Next(_documents.Count));
            Done.Add($"delete '{_documents[id]}', crash: {crash}");
            var key = await deployment.Database.FindAsync<string>("SELECT object_key FROM documents WHERE id = @id", new { id }, default);
            await deployment.Database.ExecuteAsync("DELETE FROM documents WHERE id = @id", new { id }, default);
            _documents.Remove(id);
            if (!crash)
            {
                await deployment.Ledger(_store).TryRemoveAsync(key!);
            }
        }

        private async Task AdvanceAsync()
        {
            var minutes = random.Next(1, 90);
            Done.Add($"advance {minutes} min");
            // No write is under way for longer than the ledger waits for it.
            await _store.ArriveAsync();
            deployment.Clock.Advance(TimeSpan.FromMinutes(minutes));
        }

        private async Task SweepAsync()
        {
            Done.Add($"sweep, deletions: {_store.Deletes}");
            try
            {
                await deployment.Ledger(_store).SweepAsync(default);
            }
            catch (ObjectStoreException) when (_store.Deletes is FaultyStore.DeleteFault.Before or FaultyStore.DeleteFault.After)
            {
                // As the housekeeper does: the next round tries again.
            }
        }

        private async Task CheckAsync()
        {
            foreach (var row in await deployment.Database.QueryAsync<(Guid Id, string Key)>("SELECT id, object_key FROM documents", new { }, default))
            {
                await using var content = await deployment.Store.GetAsync(row.Key);
                Assert.True(content is not null, "The object of a document is gone.");
                using var reader = new StreamReader(content.Stream);
                Assert.Equal(_documents[row.Id], await reader.ReadToEndAsync());
            }
        }

        private async Task<Upload> ReceiveAsync(string text) =>
            (await deployment.Get<UploadGate>().ReceiveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), new() { MaximumBytes = 1000 }, default)).Accepted!;

        private static DocumentResource DocumentOf(Guid id, Upload upload) => new()
        {
            Id = id, Filename = "a.txt", ContentType = upload.ContentType, Size = upload.Size, Sha256 = upload.Sha256, Kind = "document",
            ObjectKey = $"documents/{id:N}", CreatedAt = DateTimeOffset.UtcNow, UpdatedAt = DateTimeOffset.UtcNow,
        };
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host, ITestOutputHelper output) : LedgerModelTests(host, output);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host, ITestOutputHelper output) : LedgerModelTests(host, output);
}
