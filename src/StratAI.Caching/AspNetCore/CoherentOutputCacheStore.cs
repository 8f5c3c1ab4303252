using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using StratAI.Caching.Internal;

namespace StratAI.Caching.AspNetCore;

/// <summary>
/// Keeps whole responses in the cache, beside its other entries: in L1 and L2, under the same invalidations. Storing is a fill, refused
/// where a tag was invalidated after the request's stamp.
/// </summary>
/// <remarks>
/// <c>IOutputCacheBufferStore</c> would save nothing: its buffers are lent for the call, and L1 keeps the bytes.
/// </remarks>
internal sealed class CoherentOutputCacheStore(CoherentHybridCache cache, IHttpContextAccessor requests) : IOutputCacheStore
{
    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var read = await cache.ReadRawAsync(NameOf(key)).ConfigureAwait(false);
        if (requests.HttpContext?.Features.Get<RequestStamp>() is { } request)
        {
            (request.Stamp, request.Reached) = (read.Stamp, read.Reached);
        }

        return read.Bytes;
    }

    public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        string[] distinct = tags is null ? [] : [.. tags.Distinct(StringComparer.Ordinal)];

        // Without a stamp nobody can say whether it is stale; with a tag that cannot be evicted it would stay so.
        return requests.HttpContext?.Features.Get<RequestStamp>() is { } request && !distinct.Contains(CacheNames.AllTag)
            ? cache.FillRawAsync(NameOf(key), value, validFor, distinct, request.Stamp, request.Reached)
            : default;
    }

    public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => cache.RemoveByTagAsync(tag, cancellationToken);

    /// <summary>Remembers when the request began.</summary>
    public void Begin(HttpContext context) => context.Features.Set(new RequestStamp(cache.Local.Now));

    /// <summary>
    /// Keys of the output cache have any length and character, and hold what the client sent; their hash has neither, and tells nothing to who
    /// lists the keys of Redis.
    /// </summary>
    private static string NameOf(string key) =>
        "output:" + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan())));
}
