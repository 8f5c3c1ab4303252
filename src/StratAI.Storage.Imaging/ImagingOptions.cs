namespace StratAI.Storage.Imaging;

/// <summary>What is made of images, and what that may cost. Checked when the host starts.</summary>
public sealed class ImagingOptions
{
    private static readonly int[] DefaultWidths = [320, 640, 960, 1280, 1920];
    private static readonly ImageFormat[] DefaultFormats = [ImageFormat.WebP, ImageFormat.Avif, ImageFormat.Jpeg, ImageFormat.Png];

    /// <summary>
    /// Whether images are decoded at all. Default <see langword="true"/>. <see langword="false"/> answers <see
    /// cref="ImageRefusalReason.Unavailable"/> as a missing libvips does: a way to stop decoding at once when an image library has a hole.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The widths variants may have, in pixels, each 1 to 8,192. Empty, the default, is 320, 640, 960, 1,280 and 1,920. Variants of a width
    /// that is taken out of the list are not deleted with their original any more.
    /// </summary>
    public int[] Widths { get; set; } = [];

    /// <summary>
    /// The formats variants may have, the preferred first where a client takes several alike. Empty, the default, is WebP, AVIF, JPEG, PNG.
    /// </summary>
    public ImageFormat[] Formats { get; set; } = [];

    /// <summary>
    /// The most pixels (width times height of one frame) that are decoded, 1 to 268,435,456. Default 50,000,000. Decoding takes up to 8 bytes
    /// each.
    /// </summary>
    public long MaximumPixels { get; set; } = 50_000_000;

    /// <summary>
    /// The most frames an image may have, at least 1; only the first is ever decoded. Default 1,000: beyond that even counting them is work.
    /// </summary>
    public int MaximumFrames { get; set; } = 1000;

    /// <summary>
    /// The largest file that is decoded, in bytes, 1 to 1 GiB; some decoders hold all of it in memory. Default 64 MiB.
    /// </summary>
    public long MaximumSourceBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Quality of JPEG, 1 to 100. Default 80.</summary>
    public int JpegQuality { get; set; } = 80;

    /// <summary>Quality of WebP, 1 to 100. Default 80.</summary>
    public int WebPQuality { get; set; } = 80;

    /// <summary>Quality of AVIF, 1 to 100; its scale is its own. Default 55.</summary>
    public int AvifQuality { get; set; } = 55;

    /// <summary>Images decoded at a time, each on one thread of its own, 1 to 256. Default: the number of processors.</summary>
    public int Concurrency { get; set; } = Math.Min(Environment.ProcessorCount, 256);

    /// <summary>
    /// Images that may wait for their turn, 0 to 10,000; one more is refused with <see cref="ImageRefusalReason.Busy"/>. Default 64.
    /// </summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>
    /// How long one image may be worked on, 1 s to 10 min. Default 30 s. It is noticed between two reads and two steps: a single step (decoding
    /// an AVIF, encoding the result) is not cut short.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<int> EffectiveWidths => Widths is { Length: > 0 } ? [.. Widths.Distinct().Order()] : DefaultWidths;

    internal IReadOnlyList<ImageFormat> EffectiveFormats => Formats is { Length: > 0 } ? [.. Formats.Distinct()] : DefaultFormats;
}
