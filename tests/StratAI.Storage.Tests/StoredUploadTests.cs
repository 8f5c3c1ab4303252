using System.Security.Cryptography;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>What a client has put into the store by itself is trusted no more than what it sends to the application.</summary>
public abstract class StoredUploadTests : IAsyncLifetime
{
    private const string Sent = "uploads/ü 1";
    private const string Kept = "documents/ü 1";
    private static readonly byte[] Bytes = Samples.Text("# Garden\n");
    private static readonly UploadRules Rules = new()
    {
        MaximumBytes = 1000, MaximumImageBytes = 100, DeclaredContentType = "text/markdown", FileName = "a.md", Length = Bytes.Length,
        Sha256 = Convert.ToHexString(SHA256.HashData(Bytes)),
    };

    private readonly string _prefix = Guid.NewGuid().ToString("N") + "/";

    protected abstract TestStorage Storage { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Storage.DisposeAsync();

    [Fact]
    public async Task What_was_declared_is_taken_in_under_its_final_key()
    {
        await PutAsync(Bytes);
        await using var upload = (await ReceiveAsync(Rules))!.Accepted!;

        Assert.Equal((Bytes.Length, "text/markdown", Rules.Sha256!.ToLowerInvariant()), (upload.Size, upload.ContentType, upload.Sha256));
        Assert.Equal(Bytes, await upload.OpenRead().ReadToEndAsync());
        Assert.Equal(Bytes, await Storage.Store.ReadAsync(_prefix + Kept));
        // What is sent afterwards, by a request that is still valid, changes nothing.
        await PutAsync(Samples.Exe);
        Assert.Equal(Bytes, await Storage.Store.ReadAsync(_prefix + Kept));
    }

    [Fact]
    public async Task Nothing_there_yet_is_null() => Assert.Null(await ReceiveAsync(Rules));

    [Theory]
    [InlineData("size-mismatch", "# Garde", "text/markdown", null)]
    [InlineData("hash-mismatch", "# Harden\n", "text/markdown", null)]
    [InlineData("content-mismatch", "<html><script>\n", "text/markdown", 15)]
    [InlineData("content-mismatch", "# Garden\n", "image/png", 9)]
    [InlineData("type-not-allowed", "MZ\u0001\u0002\u0003\u0004\u0005", "application/octet-stream", 7)]
    [InlineData("empty", "", "text/plain", 0)]
    public async Task Anything_else_is_refused_and_not_kept(string code, string text, string declared, int? length)
    {
        await PutAsync(Samples.Text(text));
        var rules = length is null
            ? Rules
            : Rules with { Length = length, Sha256 = null, DeclaredContentType = declared, FileName = null };

        Assert.Equal(code, (await ReceiveAsync(rules))!.Refusal!.Code);
        Assert.Null(await Storage.Store.StatAsync(_prefix + Kept));
    }

    [Fact]
    public async Task What_is_too_large_is_not_even_copied()
    {
        await PutAsync(new byte[1001]);
        var store = new CountingStore(Storage.Store);
        var result = await Storage.Gate.ReceiveStoredAsync(store, _prefix + Sent, _prefix + Kept, Rules with { Length = 1001, Sha256 = null });
        Assert.Equal(("too-large", 1000L), (result!.Refusal!.Code, result.Refusal.Limit));
        Assert.Equal(0, store.Copies);

        await PutAsync([.. Samples.Png, .. new byte[100]]);
        var image = await ReceiveAsync(new() { MaximumBytes = 1000, MaximumImageBytes = 100 });
        Assert.Equal(("too-large", 100L), (image!.Refusal!.Code, image.Refusal.Limit));
        Assert.Null(await Storage.Store.StatAsync(_prefix + Kept));
    }

    [Fact]
    public async Task A_failure_leaves_no_copy()
    {
        await PutAsync(Bytes);
        var store = new CountingStore(Storage.Store) { FailsToRead = true };
        await Storage.Gate.ReceiveStoredAsync(store, _prefix + Sent, _prefix + Kept, Rules).FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Equal(1, store.Copies);
        Assert.Null(await Storage.Store.StatAsync(_prefix + Kept));
        Assert.NotNull(await Storage.Store.StatAsync(_prefix + Sent));
    }

    private Task<ObjectInfo> PutAsync(byte[] bytes) => Storage.Store.PutAsync(_prefix + Sent, new MemoryStream(bytes));

    private Task<UploadResult?> ReceiveAsync(UploadRules rules) =>
        Storage.Gate.ReceiveStoredAsync(Storage.Store, _prefix + Sent, _prefix + Kept, rules);

    public sealed class OnFiles : StoredUploadTests
    {
        protected override TestStorage Storage { get; } = TestStorage.OnFiles();
    }

    public sealed class OnS3 : StoredUploadTests
    {
        protected override TestStorage Storage { get; } = TestStorage.OnS3();
    }

    private sealed class CountingStore(IObjectStore inner) : IObjectStore
    {
        public int Copies { get; private set; }

        public bool FailsToRead { get; init; }

        public string Mode => inner.Mode;

        public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) =>
            inner.PutAsync(key, content, options, cancellationToken);

        public Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) =>
            FailsToRead ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "It fails.") : inner.GetAsync(key, options, cancellationToken);

        public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

        public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken)
        {
            Copies++;
            return inner.CopyAsync(source, destination, options, cancellationToken);
        }

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

        public Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
            inner.DeleteManyAsync(keys, cancellationToken);

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, CancellationToken cancellationToken) =>
            inner.ListAsync(prefix, after, cancellationToken);
    }
}
