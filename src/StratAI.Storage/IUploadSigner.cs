namespace StratAI.Storage;

/// <summary>
/// Makes requests that store one object, for a while, without any other credential: the bytes go from a client to the store and never pass
/// the application. What comes is only counted and labelled, never looked into: have <see cref="UploadGate"/> check it
/// (<c>ReceiveStoredAsync</c>) before anybody reads it. Each may be used again until it expires, and then replaces the object.
/// </summary>
public interface IUploadSigner
{
    /// <summary>Signs a PUT of exactly one length and type.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="lifetime">How long it works, over 0 and at most 7 days; rounded up to whole seconds. It cannot be revoked.</param>
    /// <param name="options">What will be sent; covered by the signature.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The request that the client is to send.</returns>
    Task<SignedRequest> SignPutAsync(
        string key, TimeSpan lifetime, SignedPutOptions options, CancellationToken cancellationToken = default);

    /// <summary>Signs a form (<c>multipart/form-data</c>) that uploads a file of a length between two bounds, as a browser sends it.</summary>
    /// <param name="key">The object's name; without the text <c>${filename}</c>, in whose place S3 puts the name of the file.</param>
    /// <param name="lifetime">How long it works, over 0 and at most 7 days; rounded up to whole seconds. It cannot be revoked.</param>
    /// <param name="options">What may be sent; covered by the signature.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The form that the client is to send.</returns>
    Task<SignedForm> SignPostAsync(
        string key, TimeSpan lifetime, PostPolicyOptions options, CancellationToken cancellationToken = default);
}
