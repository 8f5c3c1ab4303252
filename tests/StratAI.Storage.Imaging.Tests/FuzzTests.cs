using System.Diagnostics;
using System.Globalization;
using StratAI.Storage.Imaging.Internal;
using StratAI.Storage.Imaging.Tests.Testing;
using Xunit.Abstractions;

namespace StratAI.Storage.Imaging.Tests;

/// <summary>
/// Images that somebody has changed, by the thousand: none crashes the process (which would end the run), hangs, or takes memory without
/// bound. STRATAI_FUZZ=20 tries twenty times as many; STRATAI_SEED repeats a run.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Cases = 4000;
    private const long MemoryBound = 600L * 1024 * 1024;
    private static readonly TimeSpan OneImage = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Changed_images_are_decoded_or_refused()
    {
        var factor = int.Parse(Environment.GetEnvironmentVariable("STRATAI_FUZZ") ?? "1", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("STRATAI_SEED") ?? $"{Random.Shared.Next(1_000_000_000)}", CultureInfo.InvariantCulture);
        // Standard output too: after a native crash nothing else is left.
        Console.WriteLine($"Fuzzing from seed {first}");
        output.WriteLine($"seed {first}");
        await using var imaging = new TestImaging(options => (options.Concurrency, options.MaximumPixels, options.MaximumFrames) = (2, 4_000_000, 100));
        var engine = imaging.Get<ImageEngine>();
        var originals = Originals();
        var (ok, before) = (0, ResidentBytes());

        await Parallel.ForEachAsync(Enumerable.Range(first, Cases * factor), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (seed, _) =>
        {
            var random = new Random(seed);
            var (type, original) = originals[random.Next(originals.Count)];
            var stream = new MemoryStream(Mutation.Of(original, originals[random.Next(originals.Count)].Bytes, random));
            var format = (ImageFormat)random.Next(4);
            try
            {
                await engine.RunAsync(
                    "fuzz", stream, type, null,
                    (file, token) =>
                    {
                        if (seed % 4 == 0)
                        {
                            VariantRenderer.Render(file, 32, format, new(), new MemoryStream(), token);
                            return "";
                        }

                        return Placeholder.Of(file);
                    },
                    CancellationToken.None).WaitAsync(OneImage, CancellationToken.None);
                Interlocked.Increment(ref ok);
            }
            catch (ImageRefusedException refused)
            {
                Assert.True(refused.Refusal.Reason is ImageRefusalReason.Invalid or ImageRefusalReason.TooLarge, $"seed {seed}: {refused.Refusal.Code}");
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, {type}: {exception}");
            }
        });

        var grown = ResidentBytes() - before;
        output.WriteLine($"{Cases * factor} images, {ok} decoded, memory grew by {grown / 1024 / 1024} MiB");
        Assert.InRange(ok, 1, Cases * factor - 1);
        Assert.True(grown < MemoryBound, $"seed {first}: memory grew by {grown / 1024 / 1024} MiB");
    }

    private static List<(string Type, byte[] Bytes)> Originals()
    {
        var originals = new List<(string, byte[])>();
        foreach (var type in TestImages.Types)
        {
            originals.Add((type, TestImages.Make(type, 64, 48)));
            originals.Add((type, TestImages.Make(type, 40, 40, bands: type == "image/jpeg" ? 3 : 4)));
        }

        originals.Add(("image/gif", TestImages.Animation("image/gif", 5)));
        originals.Add(("image/webp", TestImages.Animation("image/webp", 5)));
        originals.Add(("image/jpeg", TestImages.Turned(6, 64, 48)));
        originals.Add(("image/jpeg", TestImages.Gradient(64, 48).JpegsaveBuffer(interlace: true)));
        originals.Add(("image/jpeg", TestImages.Gradient(64, 48).IccTransform("p3", inputProfile: "srgb").JpegsaveBuffer()));
        originals.Add(("image/png", TestImages.Gradient(64, 48).IccTransform("p3", inputProfile: "srgb").PngsaveBuffer(interlace: true)));
        originals.Add(("image/png", TestImages.Gradient(64, 48).PngsaveBuffer(palette: true)));
        originals.Add(("image/webp", TestImages.Gradient(64, 48).WebpsaveBuffer(lossless: true)));
        return originals;
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
