using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;

namespace StratAI.Host.Tests.Objects;

public abstract class UploadScanTests(HostFixture fixture)
{
    [Fact]
    public async Task What_a_scanner_rejects_is_422_and_what_it_cannot_judge_503()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(
            fixture, builder => builder.ConfigureServices(services => services.AddSingleton<IUploadScanner, SizeScanner>()));
        var user = await deployment.Host.SignInAsync("ada");

        var (clean, rejected, failed) = (
            await user.UploadAsync("a.txt", "a"u8.ToArray()), await user.UploadAsync("a.txt", "ab"u8.ToArray()), await user.UploadAsync("a.txt", "abc"u8.ToArray()));

        Assert.Equal(201, clean.Status);
        Assert.Equal((422, "rejected", "Two bytes are one too many."), (rejected.Status, rejected.Code, rejected.Body!["detail"]!.GetValue<string>()));
        Assert.Equal((503, "scan-failed", "30"), (failed.Status, failed.Code, failed.Headers["Retry-After"]));
        await deployment.AssertAllIsOwnedAsync(1);
    }

    private sealed class SizeScanner : IUploadScanner
    {
        public ValueTask<ScanVerdict> ScanAsync(ScanInput input, CancellationToken cancellationToken) => input.Size switch
        {
            1 => ValueTask.FromResult(ScanVerdict.Clean),
            2 => ValueTask.FromResult(ScanVerdict.Rejected("two-bytes", "Two bytes are one too many.")),
            _ => throw new InvalidDataException("Three bytes are beyond me."),
        };
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : UploadScanTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : UploadScanTests(host);
}
