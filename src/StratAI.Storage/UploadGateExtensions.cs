namespace StratAI.Storage;

/// <summary>The gate of uploads that went straight to the store.</summary>
public static class UploadGateExtensions
{
    /// <summary>
    /// Takes in what a client has put into the store by <see cref="IUploadSigner"/>. Its size is looked at, then it is copied to where no
    /// signed request reaches, then the copy is read once through the gate: so that a request that is still valid cannot change what was
    /// checked. A refusal and a failure leave no copy. The source stays: delete it once the copy is on record, or refused.
    /// </summary>
    /// <param name="gate">The gate.</param>
    /// <param name="store">Where both objects are.</param>
    /// <param name="source">The key that the client's request was signed for.</param>
    /// <param name="destination">The key that the object is to have; nobody may have been given a signed request for it.</param>
    /// <param name="rules">What the upload may be, and what was declared of it.</param>
    /// <param name="cancellationToken">Ends the reading; no copy is left, unless the store fails as well.</param>
    /// <returns>The upload, whose bytes are at <paramref name="destination"/>, or the refusal; <see langword="null"/> while there is nothing
    /// at <paramref name="source"/>.</returns>
    public static async Task<UploadResult?> ReceiveStoredAsync(
        this UploadGate gate, IObjectStore store, string source, string destination, UploadRules rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rules);
        if (await store.StatAsync(source, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        if (gate.RefuseSize(found.Size, rules) is { } refusal)
        {
            return new(refusal);
        }

        UploadResult? result = null;
        try
        {
            if (await store.CopyAsync(source, destination, null, cancellationToken).ConfigureAwait(false) is null)
            {
                return null;
            }

            result = await ReadAsync(gate, store, destination, rules, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            if (result?.IsAccepted != true)
            {
                await TryDeleteAsync(store, destination).ConfigureAwait(false);
            }
        }
    }

    private static async Task<UploadResult?> ReadAsync(
        UploadGate gate, IObjectStore store, string key, UploadRules rules, CancellationToken cancellationToken)
    {
        var content = await store.GetAsync(key, null, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using var disposal = content.ConfigureAwait(false);
        return await gate.ReceiveAsync(content.Stream, rules, cancellationToken).ConfigureAwait(false);
    }

    private static async Task TryDeleteAsync(IObjectStore store, string key)
    {
        try
        {
            await store.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
            // Why there is nothing to keep matters more; the store has measured and logged this.
        }
    }
}
