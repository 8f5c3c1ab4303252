using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace StratAI.Shared.Redis;

/// <summary>A script, and what Redis calls it. By its text, the client would look for the name on every call, which takes longer the longer the text is.</summary>
internal sealed class RedisScript(string text)
{
    public string Text => text;

#pragma warning disable CA5350 // What Redis calls a script is its SHA-1.
    public byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    /// <summary>Whether the server has not seen the script since it started or was flushed; sent as text, it knows it from then on.</summary>
    public static bool IsUnknown(RedisServerException error) => error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>Runs it on the primary that has the keys.</summary>
    public async Task<RedisResult> EvaluateAsync(IDatabase database, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await SendAsync(database, keys, values).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (IsUnknown(error))
        {
            return await SendTextAsync(database, keys, values).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="EvaluateAsync"/>, for callers that see to a server which does not know it.</summary>
    public Task<RedisResult> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] values) =>
        database.ScriptEvaluateAsync(Hash, keys, values, CommandFlags.DemandMaster);

    /// <summary>Runs it, and tells the server what it is.</summary>
    public Task<RedisResult> SendTextAsync(IDatabase database, RedisKey[] keys, RedisValue[] values) =>
        database.ScriptEvaluateAsync(text, keys, values, CommandFlags.DemandMaster);
}
