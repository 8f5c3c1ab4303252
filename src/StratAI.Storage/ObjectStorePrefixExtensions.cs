using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>A part of a store as a store of its own, for instance that of one tenant.</summary>
public static class ObjectStorePrefixExtensions
{
    /// <summary>
    /// The objects whose keys begin with a prefix, as a store whose keys are what follows it. Nothing else can be reached through it: keys
    /// with the segments <c>.</c> and <c>..</c> are not valid in any store. It needs no disposal, and may be made for every request.
    /// </summary>
    /// <param name="store">The whole store.</param>
    /// <param name="prefix">
    /// A valid key and <c>/</c>, such as <c>tenants/42/</c>. It counts towards the 1,024 bytes that a key may have in all.
    /// </param>
    /// <exception cref="ArgumentException">The prefix does not end with <c>/</c>, or is no valid key before it.</exception>
    public static IObjectStore WithPrefix(this IObjectStore store, string prefix)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new PrefixedObjectStore(store, new(prefix));
    }

    /// <summary>Signs URLs of the objects whose keys begin with a prefix, by what follows it; see
    /// <see cref="WithPrefix(IObjectStore, string)"/>. The URLs themselves show the whole key.</summary>
    /// <param name="signer">The whole store's signer.</param>
    /// <param name="prefix">A valid key and <c>/</c>.</param>
    /// <exception cref="ArgumentException">The prefix does not end with <c>/</c>, or is no valid key before it.</exception>
    public static IUrlSigner WithPrefix(this IUrlSigner signer, string prefix)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new PrefixedUrlSigner(signer, new(prefix));
    }

    /// <summary>Signs uploads of objects whose keys begin with a prefix, by what follows it; see
    /// <see cref="WithPrefix(IObjectStore, string)"/>. What is signed shows the whole key.</summary>
    /// <param name="signer">The whole store's signer.</param>
    /// <param name="prefix">A valid key and <c>/</c>.</param>
    /// <exception cref="ArgumentException">The prefix does not end with <c>/</c>, or is no valid key before it.</exception>
    public static IUploadSigner WithPrefix(this IUploadSigner signer, string prefix)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new PrefixedUploadSigner(signer, new(prefix));
    }
}
