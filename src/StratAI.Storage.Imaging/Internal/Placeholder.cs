namespace StratAI.Storage.Imaging.Internal;

internal static class Placeholder
{
    /// <summary>Decodes the whole first frame, so that one that is cut short is found out, and hashes a thumbnail of it.</summary>
    public static string Of(ImageFile file)
    {
        var scale = Math.Min(1, (double)ThumbHash.MaximumSide / Math.Max(file.Width, file.Height));
        var (width, height) = (Side(file.Width, scale), Side(file.Height, scale));
        var image = file.Resize(width, height);
        if (image.Bands < 3)
        {
            image = file.Own(image.Colourspace(NetVips.Enums.Interpretation.Srgb));
        }

        if (!image.HasAlpha())
        {
            image = file.Own(image.Bandjoin(byte.MaxValue));
        }

        return Convert.ToBase64String(ThumbHash.Encode(image.WriteToMemory<byte>(), width, height));
    }

    // Frequencies that the pixels cannot hold would come out as others: a narrow image is stretched until it has enough of them.
    private static int Side(int side, double scale) => Math.Max(ThumbHash.MinimumSide, (int)Math.Round(side * scale));
}
