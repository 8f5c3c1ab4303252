namespace StratAI.Storage.Tests.Testing;

/// <summary>A store that answers what the test says.</summary>
public sealed class ScriptedStore : IObjectStore
{
    public Func<ObjectInfo?> Stat { get; init; } = () => throw new NotSupportedException();

    public Func<ByteRange?, ObjectContent?> Get { get; init; } = _ => throw new NotSupportedException();

    public string Mode => "scripted";

    public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) => Task.FromResult(Get(options?.Range));

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Stat());

    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, CancellationToken cancellationToken) => throw new NotSupportedException();
}
