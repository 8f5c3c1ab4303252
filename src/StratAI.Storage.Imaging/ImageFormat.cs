namespace StratAI.Storage.Imaging;

/// <summary>A format that variants are made in. GIF is read, but never made.</summary>
public enum ImageFormat
{
    /// <summary>WebP, lossy, with transparency.</summary>
    WebP,

    /// <summary>AVIF, lossy, with transparency; the smallest, and the slowest to make.</summary>
    Avif,

    /// <summary>JPEG; transparency becomes white.</summary>
    Jpeg,

    /// <summary>PNG, lossless, with transparency.</summary>
    Png,
}
