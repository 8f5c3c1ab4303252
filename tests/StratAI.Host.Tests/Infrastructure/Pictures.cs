using NetVips;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Images made here.</summary>
public static class Pictures
{
    public static byte[] Png(int width, int height) => Plain(width, height).PngsaveBuffer();

    public static byte[] Gif(int width, int height) => Plain(width, height).GifsaveBuffer();

    /// <summary>A photograph as a telephone takes it: lying on its side, and saying where it was taken.</summary>
    public static byte[] Photograph(int width, int height) => Plain(width, height).Mutate(image =>
    {
        image.Set(GValue.GIntType, "orientation", 6);
        image.Set(GValue.GStrType, "exif-ifd0-Artist", "Ada Lovelace");
        image.Set(GValue.GStrType, "exif-ifd3-GPSLatitudeRef", "N");
        image.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "52/1 31/1 12/1");
    }).JpegsaveBuffer();

    public static (int Width, int Height, string[] Fields) Look(byte[] bytes)
    {
        using var image = Image.NewFromBuffer(bytes);
        return (image.Width, image.Height, image.GetFields());
    }

    private static Image Plain(int width, int height) =>
        (Image.Black(width, height, 3) + new double[] { 120, 60, 200 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
}
