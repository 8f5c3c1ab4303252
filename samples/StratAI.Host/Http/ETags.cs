using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using StratAI.Host.Errors;

namespace StratAI.Host.Http;

internal static class ETags
{
    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> body) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");

    /// <summary>Null when If-Match is absent or names the ETag that a GET of <paramref name="current"/> answers; else 412.</summary>
    public static Problem? CheckIfMatch<T>(this HttpRequest request, T current) =>
        request.Headers.IfMatch.Count == 0 || Matches(request.Headers.IfMatch, Of(JsonSerializer.SerializeToUtf8Bytes(current, ApiJson.Options)), strong: true)
            ? null
            : Problem.PreconditionFailed();

    public static bool Matches(StringValues header, EntityTagHeaderValue etag, bool strong) =>
        EntityTagHeaderValue.TryParseList(header, out var tags) && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, strong));
}
