namespace StratAI.Storage;

/// <summary>Makes URLs that read one object, for a while, without any other credential.</summary>
public interface IUrlSigner
{
    /// <summary>Signs a URL for GET. Whether the object exists is not looked up; a URL of a missing one answers 404.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="lifetime">How long the URL works, over 0 and at most 7 days; rounded up to whole seconds. A signed URL cannot be
    /// revoked, so keep it short.</param>
    /// <param name="options">How the answer presents itself; covered by the signature.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The URL and when it ends.</returns>
    Task<SignedUrl> SignGetAsync(string key, TimeSpan lifetime, SignedGetOptions? options = null, CancellationToken cancellationToken = default);
}
