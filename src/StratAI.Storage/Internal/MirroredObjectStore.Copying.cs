using System.Text;

namespace StratAI.Storage.Internal;

/// <summary>Bringing a mirror up to date.</summary>
internal sealed partial class MirroredObjectStore
{
    /// <summary>Objects copied at the same time; progress is told between such groups.</summary>
    private const int CopiesAtATime = 4;

    public async Task<MirrorProgress> CopyMissingAsync(
        string prefix, string? after, IProgress<MirrorProgress>? progress, CancellationToken cancellationToken)
    {
        var state = new MirrorProgress(after, 0, 0, 0, 0, 0);
        var missing = new List<string>(CopiesAtATime);
        var lookedAt = 0;
        await foreach (var (ours, theirs) in PairsAsync(prefix, after, cancellationToken).ConfigureAwait(false))
        {
            state = state with
            {
                LastKey = (ours ?? theirs)!.Key,
                Compared = state.Compared + (ours is null ? 0 : 1),
                OnlyInMirror = state.OnlyInMirror + (ours is null ? 1 : 0),
            };
            if (ours is not null && (theirs is null || IsOutdated(ours, theirs)))
            {
                missing.Add(ours.Key);
            }

            if (missing.Count == CopiesAtATime || ++lookedAt % 1000 == 0)
            {
                state = await CopyAsync(missing, state, cancellationToken).ConfigureAwait(false);
                progress?.Report(state);
            }
        }

        state = await CopyAsync(missing, state, cancellationToken).ConfigureAwait(false);
        progress?.Report(state);
        return state;
    }

    /// <summary>Entity tags of two stores are of different kinds, so that only equal ones tell something.</summary>
    private static bool IsOutdated(ObjectInfo ours, ObjectInfo theirs) =>
        ours.Size != theirs.Size || (ours.ETag != theirs.ETag && ours.LastModified > theirs.LastModified);

    private async Task<MirrorProgress> CopyAsync(List<string> keys, MirrorProgress state, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(keys.Select(key => TryBringAsync(key, cancellationToken))).ConfigureAwait(false);
        keys.Clear();
        return state with
        {
            Copied = state.Copied + results.Count(result => result is { Failed: false, Size: not null }),
            CopiedBytes = state.CopiedBytes + results.Sum(result => result.Size ?? 0),
            Failed = state.Failed + results.Count(result => result.Failed),
        };
    }

    private async Task<(bool Failed, long? Size)> TryBringAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return (false, await BringAsync(key, cancellationToken).ConfigureAwait(false));
        }
        catch (ObjectStoreException exception) when (exception.Failure is not (ObjectStoreFailure.Unavailable or ObjectStoreFailure.Denied))
        {
            // This object's matter: the others can still be copied.
            logger.MirrorFailed("copy_missing", exception.Failure, exception.Message);
            return (true, null);
        }
    }

    /// <summary>Both listings as one, in the order of the keys' bytes.</summary>
    private async IAsyncEnumerable<(ObjectInfo? Ours, ObjectInfo? Theirs)> PairsAsync(
        string prefix, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ours = primary.ListAsync(prefix, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var oursDisposal = ours.ConfigureAwait(false);
        var theirs = mirror.ListAsync(prefix, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var theirsDisposal = theirs.ConfigureAwait(false);
        var (our, their) = (await NextAsync(ours).ConfigureAwait(false), await NextAsync(theirs).ConfigureAwait(false));
        while (our is not null || their is not null)
        {
            var order = our is null ? 1 : their is null ? -1 : Compare(our.Key, their.Key);
            yield return (order <= 0 ? our : null, order >= 0 ? their : null);
            our = order <= 0 ? await NextAsync(ours).ConfigureAwait(false) : our;
            their = order >= 0 ? await NextAsync(theirs).ConfigureAwait(false) : their;
        }
    }

    private static async ValueTask<ObjectInfo?> NextAsync(IAsyncEnumerator<ObjectInfo> items) =>
        await items.MoveNextAsync().ConfigureAwait(false) ? items.Current : null;

    private static int Compare(string key, string other) =>
        Encoding.UTF8.GetBytes(key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));
}
