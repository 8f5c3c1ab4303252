using StratAI.Storage;

namespace StratAI.Host.Tests.Objects;

/// <summary>A real store that refuses to delete some keys, and counts what it is asked.</summary>
internal sealed class StubbornStore(IObjectStore inner, Func<string, bool> refuses) : IObjectStore
{
    private int _asked;
    private int _refused;

    public int Asked => _asked;

    public int Refused => _refused;

    public string Mode => inner.Mode;

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        var refused = keys.Where(refuses).ToArray();
        Interlocked.Add(ref _asked, keys.Count);
        Interlocked.Add(ref _refused, refused.Length);
        var failures = await inner.DeleteManyAsync([.. keys.Except(refused)], cancellationToken);
        return [.. failures, .. refused.Select(key => new DeleteFailure(key, ObjectStoreFailure.Denied))];
    }

    public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ObjectContent?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
