using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>Results of reading tools, cached by user and arguments.</summary>
internal sealed class ToolResults(HybridCache cache)
{
    private readonly HybridCacheEntryOptions _cached = cache.Profile("tools");

    /// <summary>The kept result, else what <paramref name="read"/> makes, which is kept unless it is a failure.</summary>
    public async Task<ToolResult> GetAsync(
        string userId, string tool, string arguments, IEnumerable<string> tags, Func<CancellationToken, Task<ToolResult>> read, CancellationToken cancellation)
    {
        ToolResult? made = null;
        var user = CacheScope.User(userId);
        // By the call of many, as its factory can make nothing.
        var known = await cache.GetOrCreateManyAsync(
            [Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(arguments)))],
            hash => user.Key("tool", tool, hash).Value,
            async (hashes, token) =>
            {
                made = await read(token);
                return (IReadOnlyDictionary<string, string>)(made.IsFailed ? [] : hashes.ToDictionary(hash => hash, _ => made.Json));
            },
            _cached,
            _ => [user.Tag, .. tags],
            cancellation);
        return made
            ?? (known.Count > 0 ? new(known.Values.Single(), IsCached: true)
            // Another call made it at the same time, and failed.
            : ToolResult.Failure("unavailable", "The tool gives no answer now."));
    }

    /// <summary>Drops what is cached of a subject of one user, on every instance.</summary>
    public ValueTask ForgetAsync(string userId, ToolSubject subject) => cache.RemoveByTagAsync(TagOf(userId, subject), CancellationToken.None);

    public static string TagOf(string userId, ToolSubject subject) => $"tool-{subject}:{userId}";
}

/// <summary>What tools read of a user that nobody else changes.</summary>
internal enum ToolSubject
{
    Tasks,
    Meetings,
    Calendar,

    /// <summary>The user's documents outside any space, and which spaces they are in.</summary>
    Documents,
}
