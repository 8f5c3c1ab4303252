using System.Text.Json;

namespace StratAI.Host.Http;

/// <summary>What a client's own JSON may hold that PostgreSQL cannot.</summary>
internal static class ClientJson
{
    public static bool HasNull(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                && reader.ValueIsEscaped && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all numbers are those of a <see cref="decimal"/>: jsonb keeps a number without its exponent, 1e100000 as 100,001 digits and 1e200000 not at all.</summary>
    public static bool HasPlainNumbers(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && !(reader.TryGetDecimal(out var value) && (value != 0 || IsZero(reader.ValueSpan))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsZero(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return (exponent < 0 ? number : number[..exponent]).IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
    }
}
