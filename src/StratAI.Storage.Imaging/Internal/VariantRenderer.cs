using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>Makes a variant: upright, in sRGB, never enlarged, and without any metadata.</summary>
internal static class VariantRenderer
{
    /// <summary>What every format and client can take; it is also WebP's own bound.</summary>
    private const int MaximumSide = 16_383;

    // Above 2 the encoder takes ten times as long for 7 % fewer bytes (libaom 3, 2.5 megapixels: 0.26 s at 2, 3.5 s at 4).
    private const int AvifEffort = 2;

    private static readonly double[] White = [255, 255, 255];

    public static (int Width, int Height) SizeOf(int width, int height, int wanted)
    {
        var scale = Math.Min(1, Math.Min((double)wanted / width, (double)MaximumSide / height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    public static void Render(ImageFile file, int width, ImageFormat format, ImagingOptions options, Stream output, CancellationToken cancellation)
    {
        var size = SizeOf(file.Width, file.Height, width);
        var image = file.Resize(size.Width, size.Height);
        if (format == ImageFormat.Jpeg && image.HasAlpha())
        {
            image = file.Own(image.Flatten(background: White[..(image.Bands - 1)]));
        }

        // Most of the work is done while the encoder asks for pixels.
        using var registration = cancellation.Register(() => image.SetKill(true));
        using var target = new StreamTarget(output, cancellation);
        try
        {
            Encode(image, target, format, options);
        }
        catch (VipsException)
        {
            target.Failure?.Throw();
            throw;
        }
    }

    private static void Encode(Image image, Target target, ImageFormat format, ImagingOptions options)
    {
        const Enums.ForeignKeep Nothing = Enums.ForeignKeep.None;
        switch (format)
        {
            case ImageFormat.WebP:
                image.WebpsaveTarget(target, q: options.WebPQuality, keep: Nothing);
                break;
            case ImageFormat.Avif:
                image.HeifsaveTarget(
                    target, q: options.AvifQuality, compression: Enums.ForeignHeifCompression.Av1, effort: AvifEffort, keep: Nothing);
                break;
            case ImageFormat.Jpeg:
                image.JpegsaveTarget(target, q: options.JpegQuality, optimizeCoding: true, interlace: true, keep: Nothing);
                break;
            default:
                image.PngsaveTarget(target, keep: Nothing);
                break;
        }
    }
}
