namespace StratAI.Storage.Internal;

/// <summary>Signs uploads into a part of a store.</summary>
internal sealed class PrefixedUploadSigner(IUploadSigner inner, KeyPrefix prefix) : IUploadSigner
{
    public async Task<SignedRequest> SignPutAsync(string key, TimeSpan lifetime, SignedPutOptions options, CancellationToken cancellationToken) =>
        await inner.SignPutAsync(prefix.Add(key), lifetime, options, cancellationToken).ConfigureAwait(false);

    public async Task<SignedForm> SignPostAsync(string key, TimeSpan lifetime, PostPolicyOptions options, CancellationToken cancellationToken) =>
        await inner.SignPostAsync(prefix.Add(key), lifetime, options, cancellationToken).ConfigureAwait(false);
}
