using System.Text;
using NetVips;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class RefusalTests
{
    [Fact]
    public async Task A_bomb_of_pixels_is_refused_by_its_header_alone()
    {
        await using var imaging = new TestImaging();
        var original = TestImages.ClaimedPng(30_000, 20_000);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var inspected = await imaging.InspectAsync(original);
        var variant = await GetAsync(imaging, original, "image/png");

        Assert.Equal(("image-too-large", "image-too-large"), (inspected.Refusal?.Code, variant?.Code));
        Assert.Equal(new ImageDetails(30_000, 20_000, 1), inspected.Details);
        Assert.Contains("30000 × 20000", inspected.Refusal!.Detail, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 4_000_000);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    [InlineData("image/webp")]
    [InlineData("image/gif")]
    [InlineData("image/avif")]
    public async Task One_pixel_over_the_limit_is_too_large_in_every_format(string type)
    {
        await using var exact = new TestImaging(options => options.MaximumPixels = 100 * 100);
        await using var under = new TestImaging(options => options.MaximumPixels = 100 * 100 - 1);
        var original = TestImages.Make(type, 100, 100);

        Assert.True((await exact.InspectAsync(original)).IsOk);
        var refused = await under.InspectAsync(original);
        Assert.Equal((ImageRefusalReason.TooLarge, new ImageDetails(100, 100, 1)), (refused.Refusal!.Reason, refused.Details));
        Assert.Equal(ImageRefusalReason.TooLarge, (await GetAsync(under, original, type))?.Reason);
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("image/webp")]
    public async Task A_bomb_of_frames_is_refused_and_its_size_told(string type)
    {
        await using var imaging = new TestImaging(options => options.MaximumFrames = 20);

        Assert.Equal(new ImageDetails(8, 8, 20), (await imaging.InspectAsync(TestImages.Animation(type, 20))).Details! with { Placeholder = null });
        var refused = await imaging.InspectAsync(TestImages.Animation(type, 21));
        Assert.Equal((ImageRefusalReason.TooLarge, new ImageDetails(8, 8, 21)), (refused.Refusal!.Reason, refused.Details));
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("image/webp")]
    public async Task Of_an_animation_the_first_frame_is_shown(string type)
    {
        await using var imaging = new TestImaging();
        var (_, image) = await imaging.MakeAsync(TestImages.Animation(type, 30, 400, 300), type, 320, ImageFormat.Png);

        Assert.Equal((320, 240), (image.Width, image.Height));
        Assert.All(image.Pixel(10, 10).Take(3), value => Assert.InRange(value, 0, 2));
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    [InlineData("image/webp")]
    [InlineData("image/gif")]
    [InlineData("image/avif")]
    public async Task A_file_that_is_cut_short_is_invalid(string type)
    {
        await using var imaging = new TestImaging();
        var whole = TestImages.Make(type, 600, 400);
        foreach (var length in new[] { whole.Length - 20, whole.Length * 9 / 10, whole.Length / 2, 200, 60 })
        {
            var inspected = await imaging.InspectAsync(whole[..length]);
            Assert.Equal((type, length, "image-invalid", null), (type, length, inspected.Refusal?.Code, inspected.Details));
            Assert.Equal("image-invalid", (await GetAsync(imaging, whole[..length], type))?.Code);
        }

        Assert.All(await imaging.KeysAsync(), key => Assert.DoesNotContain("variants", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_of_another_type_are_invalid_whatever_they_are()
    {
        await using var imaging = new TestImaging();
        var files = TestImages.Types.ToDictionary(type => type, type => TestImages.Make(type, 64, 48));
        files["svg"] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><image href=\"file:///etc/passwd\"/></svg>"u8.ToArray();
        files["pdf"] = "%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"u8.ToArray();
        files["tiff"] = TestImages.Gradient(64, 48).TiffsaveBuffer();
        files["ppm"] = Encoding.ASCII.GetBytes("P3 1 1 255 1 2 3\n");
        files["vips"] = TestImages.Gradient(64, 48).RawsaveBuffer();
        files["text"] = "not an image at all"u8.ToArray();
        files["empty"] = [];
        foreach (var type in TestImages.Types)
        {
            foreach (var (name, bytes) in files.Where(file => file.Key != type))
            {
                await imaging.PutAsync("original", bytes);
                Assert.Equal((name, type, "image-invalid"), (name, type, (await imaging.Inspector.InspectAsync("original", type, default)).Refusal?.Code));
                Assert.Equal("image-invalid", (await GetAsync(imaging, bytes, type))?.Code);
            }
        }
    }

    [Theory]
    [InlineData("image/svg+xml")]
    [InlineData("image/tiff")]
    [InlineData("application/pdf")]
    [InlineData("IMAGE/PNG")]
    public async Task A_type_that_is_not_decoded_is_no_image(string type)
    {
        await using var imaging = new TestImaging();
        await imaging.PutAsync("original", TestImages.Gradient(64, 48).TiffsaveBuffer());

        Assert.Equal("not-an-image", (await imaging.Inspector.InspectAsync("original", type, default)).Refusal?.Code);
        Assert.Equal("not-an-image", (await imaging.Variants.GetAsync("original", type, 320, ImageFormat.Png)).Refusal?.Code);
    }

    [Fact]
    public void Loaders_that_nobody_hardened_are_blocked_for_the_process()
    {
        _ = Internal.Vips.IsAvailable;

        Assert.Throws<VipsException>(() => Image.NewFromBuffer("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>"u8.ToArray()));
        Assert.Equal((0, 1), (Cache.Max, NetVips.NetVips.Concurrency));
    }

    [Fact]
    public async Task A_missing_object_and_one_of_too_many_bytes_are_told_apart()
    {
        await using var imaging = new TestImaging(options => options.MaximumSourceBytes = 1000);
        var noise = Image.Gaussnoise(64, 64).Cast(Enums.BandFormat.Uchar).PngsaveBuffer();
        Assert.True(noise.Length > 1000);
        await imaging.PutAsync("large", noise);

        Assert.Equal("not-found", (await imaging.Inspector.InspectAsync("missing", "image/png", default)).Refusal?.Code);
        Assert.Equal("not-found", (await imaging.Variants.GetAsync("missing", "image/png", 320, ImageFormat.Png)).Refusal?.Code);
        Assert.Equal("image-too-large", (await imaging.Inspector.InspectAsync("large", "image/png", default)).Refusal?.Code);
        Assert.Equal("image-too-large", (await imaging.InspectAsync(noise)).Refusal?.Code);
        Assert.Equal("image-too-large", (await imaging.Variants.GetAsync("large", "image/png", 320, ImageFormat.Png)).Refusal?.Code);
    }

    [Fact]
    public async Task Every_refusal_is_counted_by_its_reason()
    {
        await using var imaging = new TestImaging(options => options.MaximumPixels = 100);
        using var measured = new Measurements(imaging.Meters);
        await imaging.PutAsync("a", TestImages.Make("image/png", 20, 20));
        await imaging.PutAsync("b", "x"u8.ToArray());

        await imaging.Inspector.InspectAsync("a", "image/png", default);
        await imaging.Inspector.InspectAsync("b", "image/png", default);
        await imaging.Inspector.InspectAsync("b", "text/plain", default);
        await imaging.Variants.GetAsync("a", "image/png", 320, ImageFormat.Png);
        await imaging.Variants.GetAsync("c", "image/png", 320, ImageFormat.Png);

        Assert.Equal(
            [
                "duration operation=inspect outcome=image-too-large", "refusals operation=inspect reason=image-too-large",
                "duration operation=inspect outcome=image-invalid", "refusals operation=inspect reason=image-invalid",
                "refusals operation=inspect reason=not-an-image",
                "duration operation=variant outcome=image-too-large", "refusals operation=variant reason=image-too-large",
                "refusals operation=variant reason=not-found",
            ],
            measured.All);
    }

    private static async Task<ImageRefusal?> GetAsync(TestImaging imaging, byte[] original, string type)
    {
        await imaging.PutAsync("original", original);
        return (await imaging.Variants.GetAsync("original", type, 320, ImageFormat.WebP)).Refusal;
    }
}
