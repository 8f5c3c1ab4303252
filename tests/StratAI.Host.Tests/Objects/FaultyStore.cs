using StratAI.Storage;

namespace StratAI.Host.Tests.Objects;

/// <summary>A real store that fails where the test says.</summary>
internal sealed class FaultyStore(IObjectStore inner) : IObjectStore
{
    private readonly Queue<(string Key, byte[] Bytes)> _late = new();

    public enum PutFault
    {
        None,

        /// <summary>Nothing is stored.</summary>
        Before,

        /// <summary>It is stored, and the answer lost.</summary>
        After,

        /// <summary>The answer is lost, and the bytes come in later: <see cref="ArriveAsync"/>.</summary>
        Late,
    }

    public enum DeleteFault
    {
        None,
        Before,
        After,

        /// <summary>Every other one is refused.</summary>
        Some,
    }

    /// <summary>Of the next write.</summary>
    public PutFault NextPut { get; set; }

    /// <summary>Of every deletion until it is set again.</summary>
    public DeleteFault Deletes { get; set; }

    public string Mode => inner.Mode;

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        var fault = NextPut;
        NextPut = PutFault.None;
        if (fault == PutFault.Late)
        {
            var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            _late.Enqueue((key, bytes.ToArray()));
        }

        if (fault is PutFault.Before or PutFault.Late)
        {
            throw Unavailable();
        }

        var info = await inner.PutAsync(key, content, options, cancellationToken);
        return fault == PutFault.After ? throw Unavailable() : info;
    }

    /// <summary>Everything that was under way is stored.</summary>
    public async Task ArriveAsync()
    {
        while (_late.TryDequeue(out var write))
        {
            await inner.PutAsync(write.Key, new MemoryStream(write.Bytes));
        }
    }

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        if (Deletes == DeleteFault.Before)
        {
            throw Unavailable();
        }

        var refused = Deletes == DeleteFault.Some ? keys.Where((_, index) => index % 2 == 0).ToArray() : [];
        var failures = await inner.DeleteManyAsync([.. keys.Except(refused)], cancellationToken);
        return Deletes == DeleteFault.After ? throw Unavailable() : [.. failures, .. refused.Select(key => new DeleteFailure(key, ObjectStoreFailure.Denied))];
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken = default) => inner.DeleteAsync(key, cancellationToken);

    public Task<ObjectContent?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) => inner.GetAsync(key, options, cancellationToken);

    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default) => inner.StatAsync(key, cancellationToken);

    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.CopyAsync(source, destination, options, cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default) =>
        inner.ListAsync(prefix, after, cancellationToken);

    private static ObjectStoreException Unavailable() => new(ObjectStoreFailure.Unavailable, "The test says so.");
}
