namespace StratAI.Storage.Tests.Testing;

/// <summary>A store that fails when the test says so.</summary>
public sealed class FaultyStore(TestStorage storage) : IObjectStore, IAsyncDisposable
{
    public bool Fails { get; set; }

    /// <summary>The one object whose bytes are damaged.</summary>
    public string? Corrupt { get; set; }

    public string Mode => "faulty";

    private IObjectStore Inner => Fails ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The test says so.") : storage.Store;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) =>
        await Inner.PutAsync(key, content, options, cancellationToken);

    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) =>
        key == Corrupt ? throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The test says so.") : await Inner.GetAsync(key, options, cancellationToken);

    public async Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => await Inner.StatAsync(key, cancellationToken);

    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken) =>
        await Inner.CopyAsync(source, destination, options, cancellationToken);

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await Inner.DeleteManyAsync(keys, cancellationToken);

    public async Task DeleteAsync(string key, CancellationToken cancellationToken) => await Inner.DeleteAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, CancellationToken cancellationToken) =>
        Inner.ListAsync(prefix, after, cancellationToken);

    public ValueTask DisposeAsync() => storage.DisposeAsync();
}
