using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Internal;

/// <summary>
/// A store whose writes are repeated in another. The primary is the truth. A body is read once, into the primary; the mirror gets what the
/// primary has then, so memory stays flat and no temporary file is needed.
/// </summary>
internal sealed partial class MirroredObjectStore(
    IObjectStore primary, IObjectStore mirror, MirrorOptions options, StorageMetrics metrics, ILogger logger) : IObjectStore, IObjectMirror
{
    /// <summary>How often a key is copied anew because it was written meanwhile.</summary>
    private const int MaximumRounds = 8;

    public IObjectStore Primary => primary;

    public string Mode => primary.Mode;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? put, CancellationToken cancellationToken)
    {
        if (put?.OnlyIfAbsent == true && options.ReadWhenMissing
            && await InMirrorAsync("missing", () => mirror.StatAsync(key, cancellationToken), _ => false).ConfigureAwait(false) is not null)
        {
            // To who reads, it is there.
            throw new ObjectStoreException(ObjectStoreFailure.PreconditionFailed, "An object of this key exists.");
        }

        var info = await primary.PutAsync(key, content, put, cancellationToken).ConfigureAwait(false);
        await RepeatAsync("put", key).ConfigureAwait(false);
        return info;
    }

    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? copy, CancellationToken cancellationToken)
    {
        var info = await primary.CopyAsync(source, destination, copy, cancellationToken).ConfigureAwait(false);
        if (info is null && options.ReadWhenMissing)
        {
            var content = await InMirrorAsync("missing", () => mirror.GetAsync(source, null, cancellationToken), _ => true).ConfigureAwait(false);
            if (content is not null)
            {
                await using var disposal = content.ConfigureAwait(false);
                info = await primary.PutAsync(destination, content.Stream, (copy ?? new()).For(content.Info), cancellationToken).ConfigureAwait(false);
            }
        }

        if (info is not null)
        {
            await RepeatAsync("copy", destination).ConfigureAwait(false);
        }

        return info;
    }

    public Task<ObjectContent?> GetAsync(string key, GetOptions? get, CancellationToken cancellationToken) =>
        ReadAsync(store => store.GetAsync(key, get, cancellationToken));

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) => ReadAsync(store => store.StatAsync(key, cancellationToken));

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        await primary.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        await DeleteInMirrorAsync(async () =>
        {
            // Done in the primary: a caller that leaves must not leave the object in the mirror.
            await BringAsync(key, CancellationToken.None).ConfigureAwait(false);
            return [];
        }).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var failures = await primary.DeleteManyAsync(keys, cancellationToken).ConfigureAwait(false);
        var gone = keys.Except(failures.Select(failure => failure.Key), StringComparer.Ordinal).ToList();
        var inMirror = await DeleteInMirrorAsync(() => mirror.DeleteManyAsync(gone, CancellationToken.None)).ConfigureAwait(false);
        return [.. failures, .. inMirror];
    }

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, CancellationToken cancellationToken) =>
        primary.ListAsync(prefix, after, cancellationToken);

    private async Task<T?> ReadAsync<T>(Func<IObjectStore, Task<T?>> read)
        where T : class
    {
        T? found;
        try
        {
            found = await read(primary).ConfigureAwait(false);
        }
        catch (ObjectStoreException exception) when (options.ReadWhenUnavailable && exception.Failure == ObjectStoreFailure.Unavailable)
        {
            if (await InMirrorAsync("unavailable", () => read(mirror), _ => false).ConfigureAwait(false) is { } inMirror)
            {
                return inMirror;
            }

            throw;
        }

        return found is null && options.ReadWhenMissing
            ? await InMirrorAsync("missing", () => read(mirror), CallerIsTold).ConfigureAwait(false)
            : found;
    }

    /// <summary>An answer to the caller's conditions is an answer; that the mirror is away is none of theirs while the primary is there.</summary>
    private bool CallerIsTold(ObjectStoreFailure failure) =>
        options.RequireMirror || failure is not (ObjectStoreFailure.Unavailable or ObjectStoreFailure.Denied);

    private async Task<T?> InMirrorAsync<T>(string reason, Func<Task<T?>> read, Func<ObjectStoreFailure, bool> throws)
        where T : class
    {
        try
        {
            var found = await read().ConfigureAwait(false);
            metrics.MirrorRead(reason, found is null ? "not_found" : "ok");
            return found;
        }
        catch (ObjectStoreException exception) when (!throws(exception.Failure))
        {
            metrics.MirrorRead(reason, "failed");
            return null;
        }
    }
}
