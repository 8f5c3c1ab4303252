using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace StratAI.Pagination.Internal;

/// <summary>The keys in use: the first protects new cursors, all of them read.</summary>
internal static class CursorKeyRing
{
    private const int RandomKeyLength = 32;

    public static CursorKey[] Create(PaginationOptions options, ILogger<Pager> logger)
    {
        if (options.SigningKey is not { } signingKey)
        {
            Log.RandomSigningKey(logger);
            return [CursorKey.Derive(RandomNumberGenerator.GetBytes(RandomKeyLength))];
        }

        return [.. options.PreviousSigningKeys.Prepend(signingKey).Select(key => CursorKey.Derive(Convert.FromBase64String(key)))];
    }
}
