using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class InspectorTests
{
    [Fact]
    public async Task An_image_is_measured_and_the_upload_stays_usable()
    {
        await using var imaging = new TestImaging();
        foreach (var type in TestImages.Types)
        {
            // One that waits in memory, and one in a temporary file.
            foreach (var bytes in new[] { TestImages.Make(type, 30, 20), [.. TestImages.Make(type, 300, 200), .. new byte[100_000]] })
            {
                await using var upload = await imaging.UploadAsync(bytes);
                var inspected = await imaging.Inspector.InspectAsync(upload, default);

                Assert.True(inspected.IsOk, $"{type} {inspected.Refusal?.Detail}");
                Assert.Equal((1.5, 1), ((double)inspected.Details!.Width / inspected.Details.Height, inspected.Details.Frames));
                Assert.InRange(Convert.FromBase64String(inspected.Details.Placeholder!).Length, 5, 25);
                await upload.SaveAsync(imaging.Store, "copy");
                Assert.Equal(bytes, await imaging.ReadAsync("copy"));
                Assert.Equal(inspected.Details, (await imaging.Inspector.InspectAsync("copy", type, default)).Details);
            }
        }
    }

    [Fact]
    public async Task Reading_that_fails_is_no_fault_of_the_image()
    {
        await using var imaging = new TestImaging();
        var upload = await imaging.UploadAsync(TestImages.Make("image/png", 30, 20));
        await upload.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => imaging.Inspector.InspectAsync(upload, default));
    }

    [Fact]
    public async Task An_upload_that_is_no_image_is_told_so()
    {
        await using var imaging = new TestImaging();

        Assert.Equal(ImageRefusalReason.NotAnImage, (await imaging.InspectAsync("plain text"u8.ToArray())).Refusal!.Reason);
    }
}
