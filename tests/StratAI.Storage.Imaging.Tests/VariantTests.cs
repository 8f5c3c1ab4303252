using NetVips;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class VariantTests : IAsyncLifetime
{
    private readonly TestImaging _imaging = new();

    public static TheoryData<string, ImageFormat> EveryPair()
    {
        var pairs = new TheoryData<string, ImageFormat>();
        foreach (var type in TestImages.Types)
        {
            foreach (var format in Enum.GetValues<ImageFormat>())
            {
                pairs.Add(type, format);
            }
        }

        return pairs;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Assert.False(Directory.Exists(_imaging.TemporaryFolder) && Directory.EnumerateFiles(_imaging.TemporaryFolder).Any());
        await _imaging.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public async Task Every_format_becomes_every_format_at_the_width_asked_for(string type, ImageFormat format)
    {
        // Large enough for decoders to reduce it themselves, and of a ratio that does not divide.
        foreach (var (width, height) in new[] { (1301, 797), (400, 300) })
        {
            var (bytes, image) = await _imaging.MakeAsync(TestImages.Make(type, width, height), type, 320, format, $"{width}");

            Assert.Equal((320, (int)Math.Round(320.0 * height / width)), (image.Width, image.Height));
            Assert.Equal(ImageFormats.ContentTypeOf(format), TypeOf(bytes));
            // The picture is the same: dark red and green at the top left, bright at the bottom right.
            var (first, last) = (image.Pixel(8, 8), image.Pixel(image.Width - 9, image.Height - 9));
            Assert.True(first[0] < 40 && first[1] < 40 && last[0] > 215 && last[1] > 215, $"{string.Join(',', first)} .. {string.Join(',', last)}");
        }
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public async Task An_image_is_never_enlarged(string type, ImageFormat format)
    {
        var (_, image) = await _imaging.MakeAsync(TestImages.Make(type, 50, 40), type, 640, format);

        Assert.Equal((50, 40), (image.Width, image.Height));
    }

    [Fact]
    public async Task Transparency_is_kept_where_the_format_has_it_and_white_in_jpeg()
    {
        foreach (var type in new[] { "image/png", "image/webp", "image/avif" })
        {
            var original = TestImages.Make(type, 400, 200, bands: 4);
            foreach (var format in Enum.GetValues<ImageFormat>())
            {
                var (_, image) = await _imaging.MakeAsync(original, type, 320, format, $"{type[6..]}-{format}");
                Assert.Equal(format != ImageFormat.Jpeg, image.HasAlpha());
                var (clear, solid) = (image.Pixel(40, 80), image.Pixel(280, 80));
                if (format == ImageFormat.Jpeg)
                {
                    Assert.All(clear, value => Assert.InRange(value, 250, 255));
                }
                else
                {
                    Assert.InRange(clear[3], 0, 8);
                    Assert.InRange(solid[3], 247, 255);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task The_orientation_is_applied_and_then_gone(int orientation)
    {
        var turned = TestImages.Turned(orientation, 1280, 960);
        using var upright = TestImages.Open(turned).Autorot();

        var (_, image) = await _imaging.MakeAsync(turned, "image/jpeg", 320, ImageFormat.Png);
        var inspected = (await _imaging.InspectAsync(turned)).Details!;

        Assert.Equal((upright.Width, upright.Height), (inspected.Width, inspected.Height));
        Assert.Equal((320, (int)Math.Round(320.0 * upright.Height / upright.Width)), (image.Width, image.Height));
        Assert.False(image.Contains("orientation"));
        var scale = (double)upright.Width / image.Width;
        foreach (var (x, y) in new[] { (5, 5), (image.Width - 6, 5), (5, image.Height - 6), (image.Width - 6, image.Height - 6) })
        {
            Assert.All(upright.Pixel((int)(x * scale), (int)(y * scale)).Zip(image.Pixel(x, y)), pair => Assert.InRange(pair.Second, pair.First - 12, pair.First + 12));
        }
    }

    [Fact]
    public async Task Unusual_pixels_become_eight_bits_of_srgb_or_grey()
    {
        var grey = TestImages.Gradient(400, 300).ExtractBand(0).Copy(interpretation: Enums.Interpretation.Bw);
        var deep = (TestImages.Gradient(400, 300).Cast(Enums.BandFormat.Ushort) * 257).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);
        var originals = new Dictionary<string, (byte[] Bytes, string Type)>
        {
            ["grey"] = (grey.PngsaveBuffer(), "image/png"),
            ["grey-alpha"] = (grey.Bandjoin(240).PngsaveBuffer(), "image/png"),
            ["one-bit"] = ((grey > 128).PngsaveBuffer(bitdepth: 1), "image/png"),
            ["palette"] = (TestImages.Gradient(400, 300).PngsaveBuffer(palette: true), "image/png"),
            ["interlaced"] = (TestImages.Gradient(400, 300).PngsaveBuffer(interlace: true), "image/png"),
            ["sixteen-bits"] = (deep.PngsaveBuffer(), "image/png"),
            ["grey-sixteen-bits"] = (deep.ExtractBand(0).Copy(interpretation: Enums.Interpretation.Grey16).PngsaveBuffer(), "image/png"),
            ["ten-bits"] = (deep.HeifsaveBuffer(bitdepth: 10, compression: Enums.ForeignHeifCompression.Av1, effort: 0), "image/avif"),
            ["grey-jpeg"] = (grey.JpegsaveBuffer(), "image/jpeg"),
            ["cmyk"] = (TestImages.Gradient(400, 300).Colourspace(Enums.Interpretation.Cmyk).JpegsaveBuffer(), "image/jpeg"),
            ["progressive"] = (TestImages.Gradient(400, 300).JpegsaveBuffer(interlace: true), "image/jpeg"),
            ["wide-gamut"] = (TestImages.Gradient(400, 300).IccTransform("p3", inputProfile: "srgb").JpegsaveBuffer(), "image/jpeg"),
        };
        foreach (var (name, (bytes, type)) in originals)
        {
            foreach (var format in Enum.GetValues<ImageFormat>())
            {
                var (_, image) = await _imaging.MakeAsync(bytes, type, 320, format, $"{name}-{format}");
                Assert.Equal((name, 320, 240, Enums.BandFormat.Uchar), (name, image.Width, image.Height, image.Format));
                Assert.Contains(image.Interpretation, new[] { Enums.Interpretation.Srgb, Enums.Interpretation.Bw });
                Assert.False(image.Contains("icc-profile-data"), name);
                Assert.True(image.Pixel(310, 230)[0] > 200 && image.Pixel(10, 10)[0] < 60, $"{name} {format} {image.Pixel(10, 10)[0]} {image.Pixel(310, 230)[0]}");
            }

            Assert.True((await _imaging.InspectAsync(bytes)).IsOk, name);
        }
    }

    [Theory]
    [InlineData(1, 40_000, 1, 16_383)]
    [InlineData(60, 20_000, 49, 16_383)]
    [InlineData(60_000, 1, 320, 1)]
    public async Task Extreme_shapes_fit_what_every_format_can_hold(int width, int height, int wide, int high)
    {
        var original = Image.Black(width, height, 3).Copy(interpretation: Enums.Interpretation.Srgb).PngsaveBuffer();
        foreach (var format in Enum.GetValues<ImageFormat>())
        {
            var (_, image) = await _imaging.MakeAsync(original, "image/png", 320, format, $"{format}");
            Assert.Equal((wide, high), (image.Width, image.Height));
        }

        Assert.NotNull((await _imaging.InspectAsync(original)).Details!.Placeholder);
    }

    [Fact]
    public async Task A_variant_is_kept_under_its_key_and_not_made_again()
    {
        using var measured = new Measurements(_imaging.Meters);
        await _imaging.MakeAsync(TestImages.Make("image/png", 800, 600), "image/png", 640, ImageFormat.WebP, "documents/a b");

        Assert.Equal(["documents/a b", "variants/documents/a b/640.webp"], await _imaging.KeysAsync());
        // Even without the original.
        await _imaging.Store.DeleteAsync("documents/a b");
        Assert.True((await _imaging.Variants.GetAsync("documents/a b", "image/png", 640, ImageFormat.WebP)).IsOk);
        Assert.Equal((1, 1, 1), (measured.Count("duration operation=variant outcome=ok"), measured.Count("variants source=made"), measured.Count("variants source=stored")));
    }

    [Fact]
    public async Task All_possible_variants_are_known_without_listing()
    {
        await _imaging.PutAsync("a", TestImages.Make("image/png", 40, 30));
        foreach (var width in _imaging.Variants.Widths)
        {
            foreach (var format in _imaging.Variants.Formats)
            {
                Assert.True((await _imaging.Variants.GetAsync("a", "image/png", width, format)).IsOk);
            }
        }

        Assert.Equal((await _imaging.KeysAsync()).Where(key => key != "a"), _imaging.Variants.KeysOf("a").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_original_may_come_from_elsewhere()
    {
        var result = await _imaging.Variants.GetAsync(
            "elsewhere", "image/png", 320, ImageFormat.Png, _ => Task.FromResult<Stream?>(new MemoryStream(TestImages.Make("image/png", 640, 480))));
        var missing = await _imaging.Variants.GetAsync("nowhere", "image/png", 320, ImageFormat.Png, _ => Task.FromResult<Stream?>(null));

        Assert.True(result.IsOk);
        Assert.Equal(ImageRefusalReason.NotFound, missing.Refusal?.Reason);
    }

    [Fact]
    public async Task A_width_or_format_that_is_not_offered_is_a_mistake()
    {
        await using var imaging = new TestImaging(options => options.Formats = [ImageFormat.Jpeg]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => imaging.Variants.GetAsync("a", "image/png", 321, ImageFormat.Jpeg));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png));
    }

    private static string TypeOf(byte[] bytes) => bytes switch
    {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x89, (byte)'P', ..] => "image/png",
        [(byte)'R', (byte)'I', ..] => "image/webp",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'a', (byte)'v', (byte)'i', (byte)'f', ..] => "image/avif",
        _ => "unknown",
    };
}
