using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StratAI.Storage.Imaging.Tests;

public sealed class RegistrationTests
{
    public static TheoryData<string, Action<ImagingOptions>> Mistakes => new()
    {
        { "Widths is 0: give 1 to 8192", options => options.Widths = [320, 0] },
        { "Widths is 8193", options => options.Widths = [8193] },
        { "Formats names '9'", options => options.Formats = [(ImageFormat)9] },
        { "MaximumPixels is 0", options => options.MaximumPixels = 0 },
        { "MaximumPixels is 268435457", options => options.MaximumPixels = 268435457 },
        { "MaximumFrames is 0", options => options.MaximumFrames = 0 },
        { "MaximumSourceBytes is -1", options => options.MaximumSourceBytes = -1 },
        { "JpegQuality is 101", options => options.JpegQuality = 101 },
        { "WebPQuality is 0", options => options.WebPQuality = 0 },
        { "AvifQuality is 0", options => options.AvifQuality = 0 },
        { "Concurrency is 0", options => options.Concurrency = 0 },
        { "QueueLimit is -1", options => options.QueueLimit = -1 },
        { "Timeout is 00:00:00.5000000", options => options.Timeout = TimeSpan.FromSeconds(0.5) },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_in_the_options_stops_the_start_and_is_named(string named, Action<ImagingOptions> mistake)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStratAIStorage().AddImaging(mistake);
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("ImagingOptions." + named, thrown.Message, StringComparison.Ordinal);
        Assert.Single(thrown.Failures);
    }

    [Fact]
    public async Task Calling_it_again_is_harmless_and_the_applications_own_lock_stays()
    {
        var own = new OwnLock();
        await using var services = new ServiceCollection()
            .AddSingleton<IVariantLock>(own)
            .AddStratAIStorage().AddImaging(options => options.Widths = [640, 100, 640]).AddImaging().Services
            .BuildServiceProvider();

        Assert.Same(own, Assert.Single(services.GetServices<IVariantLock>()));
        Assert.Single(services.GetServices<ImageVariants>());
        Assert.Single(services.GetServices<ImageInspector>());
        Assert.Single(services.GetServices<IValidateOptions<ImagingOptions>>());
        Assert.Equal([100, 640], services.GetRequiredService<ImageVariants>().Widths);
        Assert.Equal([ImageFormat.WebP, ImageFormat.Avif, ImageFormat.Jpeg, ImageFormat.Png], services.GetRequiredService<ImageVariants>().Formats);
    }

    private sealed class OwnLock : IVariantLock
    {
        public Task<VariantOutcome> RunOnceAsync(string key, Func<CancellationToken, Task<VariantOutcome>> work, CancellationToken cancellationToken) => work(cancellationToken);
    }
}
