using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace StratAI.Storage.Internal;

/// <summary>What can be sent as an S3 header can be stored; anything else is a mistake of the caller, in every store alike.</summary>
internal static class PutRules
{
    private const int MaximumMetadataBytes = 2048;
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    public static void Validate(PutOptions options)
    {
        if (!IsContentType(options.ContentType))
        {
            throw new ArgumentException($"PutOptions.ContentType is not a media type: '{options.ContentType}'.", nameof(options));
        }

        if (options.Length < 0)
        {
            throw new ArgumentException($"PutOptions.Length is negative: {options.Length}.", nameof(options));
        }

        var total = 0;
        foreach (var (name, value) in options.Metadata)
        {
            total += name.Length + value.Length;
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                throw new ArgumentException(
                    $"PutOptions.Metadata has a name of other characters than letters, digits and '-': '{name}'.", nameof(options));
            }

            if (value.Length == 0 || !IsHeaderText(value))
            {
                throw new ArgumentException(
                    $"PutOptions.Metadata['{name}'] is empty, begins or ends with a space, or has characters beyond visible ASCII.",
                    nameof(options));
            }
        }

        if (total > MaximumMetadataBytes)
        {
            throw new ArgumentException($"PutOptions.Metadata is {total} bytes long, over the {MaximumMetadataBytes} allowed.", nameof(options));
        }
    }

    public static bool IsContentType(string? value) =>
        value is { Length: > 0 and <= 255 } && IsHeaderText(value) && MediaTypeHeaderValue.TryParse(value, out _);

    public static Dictionary<string, string> Normalize(IReadOnlyDictionary<string, string> metadata) =>
        metadata.ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => pair.Value, StringComparer.Ordinal);

    private static bool IsHeaderText(string value) =>
        value[0] != ' ' && value[^1] != ' ' && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
