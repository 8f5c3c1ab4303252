namespace StratAI.Storage.Tests.Testing;

/// <summary>A real store, with what the test says before and after each call.</summary>
public sealed class HookedStore(IObjectStore inner) : IObjectStore
{
    private int _puts;

    public Func<string, Task> BeforePut { get; set; } = _ => Task.CompletedTask;

    public Func<string, Task> AfterPut { get; set; } = _ => Task.CompletedTask;

    /// <summary>What is given in place of an object's bytes.</summary>
    public Func<ObjectContent, ObjectContent> OnGet { get; set; } = content => content;

    public int Puts => _puts;

    public string Mode => inner.Mode;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken)
    {
        await BeforePut(key);
        var info = await inner.PutAsync(key, content, options, cancellationToken);
        Interlocked.Increment(ref _puts);
        await AfterPut(key);
        return info;
    }

    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) =>
        await inner.GetAsync(key, options, cancellationToken) is { } content ? OnGet(content) : null;

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken) =>
        inner.CopyAsync(source, destination, options, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        inner.DeleteManyAsync(keys, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, CancellationToken cancellationToken) => inner.ListAsync(prefix, after, cancellationToken);
}
