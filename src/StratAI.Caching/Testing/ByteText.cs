using System.Text;
using StackExchange.Redis;

namespace StratAI.Caching.Testing;

/// <summary>
/// Redis strings are bytes. Here one is a .NET string with a character for each byte, so that comparing it ordinally is comparing bytes, as
/// Redis does.
/// </summary>
internal static class ByteText
{
    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string Of(RedisValue value) => Of((byte[]?)value ?? []);

    public static string Of(RedisKey key) => Of((byte[]?)key ?? []);

    public static byte[] BytesOf(string text) => Encoding.Latin1.GetBytes(text);
}
