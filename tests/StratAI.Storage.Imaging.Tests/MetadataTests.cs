using System.Text;
using NetVips;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class MetadataTests
{
    private const string Secret = "Ada-at-home-52.5";

    public static TheoryData<ImageFormat> Formats => [.. Enum.GetValues<ImageFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Where_and_by_whom_a_picture_was_taken_is_gone(ImageFormat format)
    {
        await using var imaging = new TestImaging();
        foreach (var type in new[] { "image/jpeg", "image/png", "image/webp", "image/avif" })
        {
            var original = WithMetadata(type);
            using var before = TestImages.Open(original);
            Assert.Contains("exif-ifd3-GPSLatitude", before.GetFields());
            Assert.Contains(Secret, Encoding.Latin1.GetString(original), StringComparison.Ordinal);

            var (bytes, image) = await imaging.MakeAsync(original, type, 320, format, type[6..]);

            Assert.Equal(320, image.Width);
            Assert.DoesNotContain(image.GetFields(), field => field.StartsWith("exif", StringComparison.Ordinal) || field is "xmp-data" or "iptc-data" or "icc-profile-data" or "orientation"
                || field.Contains("comment", StringComparison.Ordinal));
            var text = Encoding.Latin1.GetString(bytes);
            Assert.All(
                new[] { Secret, "GPS", "Exif", "EXIF", "eXIf", "http://ns.adobe.com", "xpacket", "8BIM", "Photoshop", "iCCP", "ICC_PROFILE", "XMP " },
                word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_in_the_text_of_a_png_or_the_comment_of_a_gif_is_gone()
    {
        await using var imaging = new TestImaging();
        var png = TestImages.WithPngText(TestImages.Make("image/png", 400, 300), $"Author\0{Secret}");
        Assert.Contains(TestImages.Open(png).GetFields(), field => field.StartsWith("png-comment", StringComparison.Ordinal));
        var gif = TestImages.Make("image/gif", 400, 300);
        byte[] commented = [.. gif[..^1], 0x21, 0xFE, (byte)Secret.Length, .. Encoding.ASCII.GetBytes(Secret), 0, 0x3B];
        foreach (var (original, type) in new[] { (png, "image/png"), (commented, "image/gif") })
        {
            var (bytes, _) = await imaging.MakeAsync(original, type, 320, ImageFormat.Png, type[6..]);
            Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Colours_of_a_profile_are_what_they_were_once_it_is_gone()
    {
        await using var imaging = new TestImaging();
        // In Display P3 the same red has a smaller number: without the conversion it would come out dull.
        var red = (Image.Black(400, 300, 3) + new double[] { 200, 40, 40 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        var wide = red.IccTransform("p3", inputProfile: "srgb").PngsaveBuffer();
        using var raw = TestImages.Open(wide);
        Assert.True(raw.Pixel(10, 10)[0] < 192, $"{raw.Pixel(10, 10)[0]}");

        var (_, image) = await imaging.MakeAsync(wide, "image/png", 320, ImageFormat.Png);

        Assert.All(image.Pixel(10, 10).Zip([200.0, 40, 40]), pair => Assert.InRange(pair.First, pair.Second - 3, pair.Second + 3));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task A_profile_that_is_damaged_spoils_no_image(int bands)
    {
        await using var imaging = new TestImaging();
        var gradient = TestImages.Gradient(640, 480);
        var picture = bands == 1 ? gradient.Colourspace(Enums.Interpretation.Bw) : gradient;
        var original = picture.Mutate(mutable => mutable.Set(GValue.BlobType, "icc-profile-data", "no profile at all"u8.ToArray())).JpegsaveBuffer();

        var (_, image) = await imaging.MakeAsync(original, "image/jpeg", 320, ImageFormat.Png);

        Assert.Equal((320, 240), (image.Width, image.Height));
        Assert.False(image.Contains("icc-profile-data"));
    }

    private static byte[] WithMetadata(string type)
    {
        var image = TestImages.Gradient(640, 480).IccTransform("srgb", inputProfile: "srgb").Mutate(mutable =>
        {
            mutable.Set(GValue.GStrType, "exif-ifd0-Artist", Secret);
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLatitudeRef", "N");
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "52/1 31/1 12/1");
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLongitudeRef", "E");
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLongitude", "13/1 24/1 18/1");
            mutable.Set(GValue.BlobType, "xmp-data", Encoding.ASCII.GetBytes($"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>{Secret}</x:xmpmeta><?xpacket end='w'?>"));
            // A by-line (IPTC 2:80) in a resource block of Photoshop's.
            byte[] byline = [0x1C, 2, 80, 0, (byte)Secret.Length, .. Encoding.ASCII.GetBytes(Secret)];
            mutable.Set(GValue.BlobType, "iptc-data", (byte[])[.. "Photoshop 3.0\08BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)byline.Length, .. byline]);
        });
        return TestImages.Save(image, type);
    }
}
