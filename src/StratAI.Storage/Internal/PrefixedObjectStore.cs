using System.Runtime.CompilerServices;

namespace StratAI.Storage.Internal;

/// <summary>A part of a store. A key is looked at before the prefix is put before it, so that what is refused is the caller's key.</summary>
internal sealed class PrefixedObjectStore(IObjectStore inner, KeyPrefix prefix) : IObjectStore
{
    public string Mode => inner.Mode;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken) =>
        prefix.Cut(await inner.PutAsync(prefix.Add(key), content, options, cancellationToken).ConfigureAwait(false));

    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken) =>
        await inner.GetAsync(prefix.Add(key), options, cancellationToken).ConfigureAwait(false) is { } content
            ? new(prefix.Cut(content.Info), content.Stream, content.Range)
            : null;

    public async Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) =>
        await inner.StatAsync(prefix.Add(key), cancellationToken).ConfigureAwait(false) is { } info ? prefix.Cut(info) : null;

    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken) =>
        await inner.CopyAsync(prefix.Add(source), prefix.Add(destination), options, cancellationToken).ConfigureAwait(false) is { } info
            ? prefix.Cut(info)
            : null;

    public async Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        await inner.DeleteAsync(prefix.Add(key), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var failures = await inner.DeleteManyAsync([.. keys.Select(prefix.Add)], cancellationToken).ConfigureAwait(false);
        return [.. failures.Select(failure => failure with { Key = prefix.Cut(failure.Key) })];
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string start, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wholeAfter = string.IsNullOrEmpty(after) ? null : prefix.AddToStart(after);
        await foreach (var info in inner.ListAsync(prefix.AddToStart(start), wholeAfter, cancellationToken).ConfigureAwait(false))
        {
            yield return prefix.Cut(info);
        }
    }
}
