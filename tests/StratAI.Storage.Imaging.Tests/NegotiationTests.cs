using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, "image/png", ImageFormat.Png)]
    [InlineData("", "image/jpeg", ImageFormat.Jpeg)]
    [InlineData("*/*", "image/jpeg", ImageFormat.Jpeg)]
    [InlineData("*/*", "image/gif", ImageFormat.Png)]
    [InlineData("*/*", "image/avif", ImageFormat.Avif)]
    [InlineData("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/jpeg", ImageFormat.WebP)]
    [InlineData("image/avif,image/webp;q=0.9", "image/jpeg", ImageFormat.Avif)]
    [InlineData("image/jpeg", "image/png", ImageFormat.Jpeg)]
    [InlineData("IMAGE/JPEG", "image/png", ImageFormat.Jpeg)]
    [InlineData("image/png;q=0.5, image/jpeg;q=0.4", "image/jpeg", ImageFormat.Png)]
    [InlineData("image/png;q=0.1, */*", "image/png", ImageFormat.WebP)]
    [InlineData("image/*;q=0.5, image/webp;q=0", "image/webp", ImageFormat.Avif)]
    [InlineData("text/html", "image/webp", ImageFormat.WebP)]
    [InlineData("image/webp;q=0", "image/jpeg", ImageFormat.Jpeg)]
    [InlineData("not a media type", "image/jpeg", ImageFormat.Jpeg)]
    public async Task The_format_is_what_the_client_likes_most(string? accept, string type, ImageFormat expected)
    {
        await using var imaging = new TestImaging();

        Assert.Equal(expected, imaging.Variants.Negotiate(accept, type));
    }

    [Fact]
    public async Task Only_offered_formats_are_chosen()
    {
        await using var imaging = new TestImaging(options => options.Formats = [ImageFormat.Jpeg, ImageFormat.Png]);

        Assert.Equal(ImageFormat.Jpeg, imaging.Variants.Negotiate("image/avif,image/webp", "image/avif"));
        Assert.Equal(ImageFormat.Jpeg, imaging.Variants.Negotiate("image/avif,image/webp,image/*", "image/webp"));
        Assert.Equal(ImageFormat.Png, imaging.Variants.Negotiate("image/avif,image/*", "image/png"));
    }

    [Theory]
    [InlineData(100, "/320 100w")]
    [InlineData(320, "/320 320w")]
    [InlineData(321, "/320 320w, /640 321w")]
    [InlineData(1000, "/320 320w, /640 640w, /960 960w, /1280 1000w")]
    [InlineData(5000, "/320 320w, /640 640w, /960 960w, /1280 1280w, /1920 1920w")]
    public void A_srcset_names_each_width_once_and_none_that_is_not_there(int width, string expected) =>
        Assert.Equal(expected, Srcset.Format([320, 640, 960, 1280, 1920], width, w => $"/{w}"));

    [Fact]
    public void Formats_have_one_name_each()
    {
        foreach (var format in Enum.GetValues<ImageFormat>())
        {
            Assert.True(ImageFormats.TryParse(ImageFormats.NameOf(format), out var parsed));
            Assert.Equal((format, $"image/{ImageFormats.NameOf(format)}"), (parsed, ImageFormats.ContentTypeOf(format)));
        }

        Assert.False(ImageFormats.TryParse("gif", out _));
        Assert.False(ImageFormats.TryParse("WEBP", out _));
        Assert.False(ImageFormats.TryParse(null, out _));
    }
}
