namespace StratAI.Storage.Internal;

/// <summary>What happens in the mirror once the primary is written.</summary>
internal sealed partial class MirroredObjectStore
{
    private async Task RepeatAsync(string operation, string key)
    {
        try
        {
            await BringAsync(key, CancellationToken.None).ConfigureAwait(false);
            metrics.MirrorWrite(operation, "ok");
        }
        catch (ObjectStoreException exception)
        {
            metrics.MirrorWrite(operation, "failed");
            logger.MirrorFailed(operation, exception.Failure, exception.Message);
            if (options.RequireMirror)
            {
                throw;
            }
        }
    }

    private async Task<IReadOnlyList<DeleteFailure>> DeleteInMirrorAsync(Func<Task<IReadOnlyList<DeleteFailure>>> delete)
    {
        IReadOnlyList<DeleteFailure> failures = [];
        try
        {
            failures = await delete().ConfigureAwait(false);
            metrics.MirrorWrite("delete", failures.Count == 0 ? "ok" : "failed");
        }
        catch (ObjectStoreException exception)
        {
            metrics.MirrorWrite("delete", "failed");
            logger.MirrorFailed("delete", exception.Failure, exception.Message);
            if (options.RequireMirror || options.ReadWhenMissing)
            {
                throw;
            }
        }

        return options.RequireMirror || options.ReadWhenMissing ? failures : [];
    }

    /// <summary>
    /// Makes the mirror's object that of the primary. Looking at the primary again afterwards is what makes writers of one key agree: whoever
    /// comes to the mirror last finds that the primary has changed since, unless it brought what is there.
    /// </summary>
    /// <returns>The size of what was copied; <see langword="null"/> when the primary has no such object.</returns>
    private async Task<long?> BringAsync(string key, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            var brought = await BringOnceAsync(key, cancellationToken).ConfigureAwait(false);
            var now = await primary.StatAsync(key, cancellationToken).ConfigureAwait(false);
            if (now?.ETag == brought?.ETag)
            {
                return brought?.Size;
            }
        }

        throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The object is written so often that the mirror does not come after.");
    }

    private async Task<ObjectInfo?> BringOnceAsync(string key, CancellationToken cancellationToken)
    {
        var content = await primary.GetAsync(key, null, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            await mirror.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            return null;
        }

        await using var disposal = content.ConfigureAwait(false);
        var put = new CopyOptions().For(content.Info) with { Length = content.Info.Size };
        await mirror.PutAsync(key, content.Stream, put, cancellationToken).ConfigureAwait(false);
        return content.Info;
    }
}
