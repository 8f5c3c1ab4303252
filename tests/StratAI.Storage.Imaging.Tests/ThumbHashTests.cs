using NetVips;
using StratAI.Storage.Imaging.Internal;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class ThumbHashTests
{
    [Theory]
    [InlineData(100, 100, false, 24)]
    [InlineData(100, 40, false, 19)]
    [InlineData(40, 100, false, 19)]
    [InlineData(60, 60, true, 25)]
    [InlineData(8, 8, false, 24)]
    public void A_hash_shows_the_image_again(int width, int height, bool alpha, int atMostBytes)
    {
        var pixels = Gradient(width, height, alpha);

        var hash = ThumbHash.Encode(pixels, width, height);
        var (w, h, decoded) = ThumbHashDecoder.Decode(hash);

        Assert.InRange(hash.Length, 5, atMostBytes);
        Assert.Equal(width >= height, w >= h);
        foreach (var (x, y) in new[] { (0.2, 0.2), (0.5, 0.5), (0.8, 0.3), (0.3, 0.8) })
        {
            var (column, row) = ((int)(x * width), (int)(y * height));
            var expected = At(pixels, width, height, x, y);
            var actual = At(decoded, w, h, (column + 0.5) / width, (row + 0.5) / height);
            Assert.All(Enumerable.Range(0, 4), i => Assert.True(Math.Abs(expected[i] - actual[i]) < 40, $"{x},{y} band {i}: {expected[i]} {actual[i]}"));
        }
    }

    [Fact]
    public void One_colour_is_kept_within_a_step()
    {
        foreach (var colour in new byte[][] { [255, 255, 255, 255], [0, 0, 0, 255], [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [120, 60, 200, 255], [10, 200, 90, 128] })
        {
            var (_, _, decoded) = ThumbHashDecoder.Decode(ThumbHash.Encode([.. Enumerable.Repeat(colour, 50 * 30).SelectMany(pixel => pixel)], 50, 30));

            Assert.All(Enumerable.Range(0, 4), i => Assert.InRange(decoded[i], colour[i] - 10, colour[i] + 10));
        }
    }

    [Fact]
    public void All_transparent_and_noise_have_a_hash()
    {
        var random = new Random(1);
        var noise = new byte[90 * 70 * 4];
        random.NextBytes(noise);

        Assert.InRange(ThumbHash.Encode(noise, 90, 70).Length, 6, 25);
        Assert.InRange(ThumbHash.Encode(new byte[10 * 10 * 4], 10, 10).Length, 6, 25);
    }

    [Fact]
    public async Task The_placeholder_of_an_upload_is_the_hash_of_what_it_shows()
    {
        await using var imaging = new TestImaging();
        foreach (var type in TestImages.Types)
        {
            var placeholder = (await imaging.InspectAsync(TestImages.Make(type, 1000, 700))).Details!.Placeholder!;
            var (w, h, decoded) = ThumbHashDecoder.Decode(Convert.FromBase64String(placeholder));

            Assert.True(placeholder.Length <= 36, placeholder);
            Assert.Equal(1000.0 / 700, (double)w / h, 0.2);
            // Red grows to the right, green downwards.
            Assert.True(At(decoded, w, h, 0.9, 0.5)[0] - At(decoded, w, h, 0.1, 0.5)[0] > 100, type);
            Assert.True(At(decoded, w, h, 0.5, 0.9)[1] - At(decoded, w, h, 0.5, 0.1)[1] > 100, type);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 90)]
    [InlineData(4000, 1)]
    public async Task The_placeholder_of_a_tiny_or_narrow_image_has_its_colour(int width, int height)
    {
        await using var imaging = new TestImaging();
        var violet = (Image.Black(width, height, 3) + new double[] { 120, 60, 200 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);

        var (_, _, decoded) = ThumbHashDecoder.Decode(Convert.FromBase64String((await imaging.InspectAsync(violet.PngsaveBuffer())).Details!.Placeholder!));

        Assert.All(decoded.Chunk(4), pixel => Assert.True(Math.Abs(pixel[0] - 120) < 12 && Math.Abs(pixel[1] - 60) < 12 && Math.Abs(pixel[2] - 200) < 12, string.Join(',', pixel)));
    }

    private static byte[] At(byte[] pixels, int width, int height, double x, double y) =>
        pixels.AsSpan(((int)(y * height) * width + (int)(x * width)) * 4, 4).ToArray();

    private static byte[] Gradient(int width, int height, bool alpha)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = ((double)(i % width) / width, (double)(i / width) / height);
            (pixels[i * 4], pixels[i * 4 + 1], pixels[i * 4 + 2]) = ((byte)(x * 255), (byte)(y * 255), 128);
            pixels[i * 4 + 3] = (byte)(alpha ? 155 + x * 100 : 255);
        }

        return pixels;
    }
}
