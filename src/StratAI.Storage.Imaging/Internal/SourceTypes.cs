namespace StratAI.Storage.Imaging.Internal;

/// <summary>The media types that are decoded.</summary>
internal static class SourceTypes
{
    public const string Jpeg = "image/jpeg";
    public const string Png = "image/png";
    public const string WebP = "image/webp";
    public const string Gif = "image/gif";
    public const string Avif = "image/avif";

    public static bool IsKnown(string type) => type is Jpeg or Png or WebP or Gif or Avif;

    /// <summary>The format that keeps what the original has, where a client takes anything.</summary>
    public static ImageFormat NearestFormat(string type) => type switch
    {
        Jpeg => ImageFormat.Jpeg,
        WebP => ImageFormat.WebP,
        Avif => ImageFormat.Avif,
        _ => ImageFormat.Png,
    };
}
