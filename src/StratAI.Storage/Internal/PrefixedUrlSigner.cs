namespace StratAI.Storage.Internal;

/// <summary>Signs URLs of a part of a store.</summary>
internal sealed class PrefixedUrlSigner(IUrlSigner inner, KeyPrefix prefix) : IUrlSigner
{
    public async Task<SignedUrl> SignGetAsync(string key, TimeSpan lifetime, SignedGetOptions? options, CancellationToken cancellationToken) =>
        await inner.SignGetAsync(prefix.Add(key), lifetime, options, cancellationToken).ConfigureAwait(false);
}
