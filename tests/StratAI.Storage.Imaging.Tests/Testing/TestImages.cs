using System.Buffers.Binary;
using System.Text;
using NetVips;

namespace StratAI.Storage.Imaging.Tests.Testing;

/// <summary>Images made here, in every format that is taken.</summary>
public static class TestImages
{
    public static readonly string[] Types = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"];

    /// <summary>Red grows to the right, green downwards; blue is constant. With four bands the left half is transparent.</summary>
    public static Image Gradient(int width, int height, int bands = 3)
    {
        using var xy = Image.Xyz(width, height);
        var image = (xy[0] * (255.0 / Math.Max(1, width - 1))).Bandjoin(xy[1] * (255.0 / Math.Max(1, height - 1)), (xy[0] * 0) + 64);
        if (bands == 4)
        {
            image = image.Bandjoin((xy[0] >= width / 2.0).Cast(Enums.BandFormat.Uchar));
        }

        return image.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }

    public static byte[] Make(string type, int width, int height, int bands = 3) => Save(Gradient(width, height, bands), type);

    public static byte[] Save(Image image, string type) => type switch
    {
        "image/jpeg" => image.JpegsaveBuffer(q: 95),
        "image/png" => image.PngsaveBuffer(),
        "image/webp" => image.WebpsaveBuffer(q: 95),
        "image/gif" => image.GifsaveBuffer(),
        "image/avif" => image.HeifsaveBuffer(q: 90, compression: Enums.ForeignHeifCompression.Av1, effort: 0),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>A picture whose pixels lie turned, and are to be shown upright.</summary>
    public static byte[] Turned(int orientation, int width, int height) =>
        Gradient(width, height).Mutate(image => image.Set(GValue.GIntType, "orientation", orientation)).JpegsaveBuffer(q: 98);

    /// <summary>An animation of so many frames, each of another shade.</summary>
    public static byte[] Animation(string type, int frames, int width = 8, int height = 8)
    {
        var strip = Image.Arrayjoin([.. Enumerable.Range(0, frames).Select(frame => (Image.Black(width, height, 3) + (frame * 7 % 256)).Cast(Enums.BandFormat.Uchar))], across: 1)
            .Copy(interpretation: Enums.Interpretation.Srgb)
            .Mutate(image => image.Set(GValue.GIntType, "page-height", height));
        return type == "image/gif" ? strip.GifsaveBuffer(interframeMaxerror: 0) : strip.WebpsaveBuffer();
    }

    /// <summary>A PNG whose header claims a size that its few bytes of pixels do not have.</summary>
    public static byte[] ClaimedPng(int width, int height)
    {
        var png = Make("image/png", 4, 4);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        return png;
    }

    /// <summary>A PNG with a textual chunk (a keyword, a zero, a text) behind its header.</summary>
    public static byte[] WithPngText(byte[] png, string text)
    {
        byte[] typed = [.. "tEXt"u8, .. Encoding.Latin1.GetBytes(text)];
        var (length, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, typed.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc(typed));
        return [.. png[..33], .. length, .. typed, .. checksum, .. png[33..]];
    }

    public static Image Open(byte[] bytes) => Image.NewFromBuffer(bytes, failOn: Enums.FailOn.Error);

    public static double[] Pixel(this Image image, int x, int y) => image.Getpoint(x, y);

    /// <summary>The checksum of PNG chunks (ISO 3309).</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
