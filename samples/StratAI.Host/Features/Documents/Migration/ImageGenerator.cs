using System.Text;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>Images with the headers of their format and random bytes after them, in the ways applications write base64 into columns.</summary>
internal sealed class ImageGenerator(int seed, int brokenPercent)
{
    private const double SmallestBytes = 1024;
    private const double LargestBytes = 1024 * 1024;
    private const int LineLength = 76;

    private static readonly string[] Types = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private readonly Random _random = new(seed);

    public GeneratedImage Next()
    {
        var type = Types[_random.Next(Types.Length)];
        // Between the sizes by the square of a uniform exponent: the median is some 6 KB, and one in twenty is over half a megabyte.
        var bytes = new byte[(int)(SmallestBytes * Math.Pow(LargestBytes / SmallestBytes, Math.Pow(_random.NextDouble(), 2)))];
        _random.NextBytes(bytes);
        Header(type, bytes.Length).CopyTo(bytes, 0);
        return _random.Next(100) < brokenPercent ? Break(type, bytes) : new(type, Write(type, bytes), null);
    }

    private string Write(string type, byte[] bytes) => _random.Next(4) switch
    {
        0 => Convert.ToBase64String(bytes),
        1 => Wrap(Convert.ToBase64String(bytes)),
        _ => $"data:{type};base64,{Convert.ToBase64String(bytes)}",
    };

    private GeneratedImage Break(string type, byte[] bytes)
    {
        var good = Convert.ToBase64String(bytes);
        switch (_random.Next(7))
        {
            case 0:
                return new(type, good.Insert(_random.Next(good.Length), "?"), "strange character");
            case 1:
                return new(type, good[..((_random.Next(1, good.Length / 4) * 4) - 1)], "cut off");
            case 2:
                return new(type, "", "empty");
            case 3:
                return new(type, $"data:{type},{Uri.EscapeDataString(good[..100])}", "no base64");
            case 4:
                var other = Types.First(candidate => candidate != type);
                return new(type, $"data:{other};base64,{good}", "another type declared");
            case 5:
                bytes[0] = 0;
                return new(type, Convert.ToBase64String(bytes), "no image");
            default:
                return new(type, $"data:{type};base64,{good}={good}", "padding within");
        }
    }

    private static string Wrap(string text)
    {
        var wrapped = new StringBuilder(text.Length + (text.Length / LineLength * 2));
        for (var at = 0; at < text.Length; at += LineLength)
        {
            wrapped.Append(text.AsSpan(at, Math.Min(LineLength, text.Length - at))).Append("\r\n");
        }

        return wrapped.ToString();
    }

    private static byte[] Header(string type, int length) => type switch
    {
        "image/png" => [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 0, 0, 0, 1, 0x80, 8, 2, 0, 0, 0],
        "image/jpeg" => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 72, 0, 72, 0, 0],
        "image/gif" => [.. "GIF89a"u8, 0, 2, 0x80, 1, 0xF7, 0, 0],
        _ => [.. "RIFF"u8, .. BitConverter.GetBytes(length - 8), .. "WEBPVP8 "u8, .. BitConverter.GetBytes(length - 20)],
    };
}

/// <param name="ContentType">What the row says it is.</param>
/// <param name="Text">What its column holds.</param>
/// <param name="Fault">How it is broken; null when it is not.</param>
internal sealed record GeneratedImage(string ContentType, string Text, string? Fault);
