namespace StratAI.Storage.Tests.Testing;

/// <summary>A store that answers what the test says.</summary>
public sealed class ScriptedStore : IObjectStore
{
    public Func<ObjectInfo?> Stat { get; init; } = () => throw new NotSupportedException();

    public Func<ByteRange?, ObjectContent?> Get { get; init; } = _ => throw new NotSupportedException();

    public string Mode => "scripted";

    public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ObjectContent?> GetAsync(string key, ByteRange? range, CancellationToken cancellationToken) => Task.FromResult(Get(range));

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Stat());

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();
}
