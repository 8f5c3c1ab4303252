namespace StratAI.Storage.Imaging;

/// <summary>Names of <see cref="ImageFormat"/>s.</summary>
public static class ImageFormats
{
    /// <summary>The media type, such as <c>image/webp</c>.</summary>
    /// <param name="format">The format.</param>
    public static string ContentTypeOf(ImageFormat format) => "image/" + NameOf(format);

    /// <summary>The name in URLs and keys: <c>webp</c>, <c>avif</c>, <c>jpeg</c> or <c>png</c>.</summary>
    /// <param name="format">The format.</param>
    public static string NameOf(ImageFormat format) => format switch
    {
        ImageFormat.WebP => "webp",
        ImageFormat.Avif => "avif",
        ImageFormat.Jpeg => "jpeg",
        ImageFormat.Png => "png",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>The format of a name, as <see cref="NameOf"/> gives it.</summary>
    /// <param name="name">The name, in lower case.</param>
    /// <param name="format">The format.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string? name, out ImageFormat format)
    {
        foreach (var candidate in Enum.GetValues<ImageFormat>())
        {
            if (NameOf(candidate) == name)
            {
                format = candidate;
                return true;
            }
        }

        format = default;
        return false;
    }
}
