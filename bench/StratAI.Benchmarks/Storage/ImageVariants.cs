using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using StratAI.Storage;
using StratAI.Storage.Imaging;

namespace StratAI.Benchmarks.Storage;

/// <summary>Variants of a photograph per second: 640 pixels wide, as WebP, without metadata, by one thread of libvips each.</summary>
internal static class ImageVariants
{
    private const int Width = 640;
    private const int Quality = 80;
    private const int Rounds = 30;
    private const int WarmUps = 5;

    // Each is timed in turns with the others, and compared with the first.
    private static readonly (string Name, Func<byte[], Task<long>> Make)[] Ways =
    [
        ("NetVips, `ThumbnailStream` and `WebpsaveStream`", MakeBareAsync),
        ("`ImageVariants.GetAsync`, from a stream into files", MakeStoredAsync),
    ];

    private static readonly ServiceProvider Services = Configure();
    private static int _made;

    public static async Task RunAsync()
    {
        NetVips.NetVips.Concurrency = 1;
        NetVips.NetVips.BlockUntrusted = true;
        Console.WriteLine("| variants of a 12 megapixel JPEG | at once | per second | of bare NetVips | bytes of a variant |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        try
        {
            await RunAsync(Photograph());
        }
        finally
        {
            var folder = Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StorageOptions>>().Value.FileSystem.Root;
            await Services.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(byte[] photograph)
    {
        foreach (var atOnce in new[] { 1, Environment.ProcessorCount })
        {
            var times = Ways.Select(_ => new List<double>()).ToArray();
            var sizes = new long[Ways.Length];
            for (var round = -WarmUps; round < Rounds; round++)
            {
                for (var turn = 0; turn < Ways.Length; turn++)
                {
                    var way = (turn + round + WarmUps) % Ways.Length;
                    var start = Stopwatch.GetTimestamp();
                    sizes[way] = (await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(() => Ways[way].Make(photograph))))).Max();
                    if (round >= 0)
                    {
                        times[way].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    }
                }
            }

            for (var way = 0; way < Ways.Length; way++)
            {
                var (rate, bare) = (atOnce / Median(times[way]), atOnce / Median(times[0]));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {Ways[way].Name} | {atOnce} | {rate:F1} | {rate / bare:F2} | {sizes[way]} |"));
            }
        }
    }

    private static Task<long> MakeBareAsync(byte[] photograph)
    {
        using var source = new MemoryStream(photograph, writable: false);
        using var target = new MemoryStream();
        using var image = Image.ThumbnailStream(source, Width, height: 10_000_000, size: Enums.Size.Down);
        image.WebpsaveStream(target, q: Quality, keep: Enums.ForeignKeep.None);
        return Task.FromResult(target.Length);
    }

    /// <summary>Each variant has an original of its own, so that it is made and stored, and not found.</summary>
    private static async Task<long> MakeStoredAsync(byte[] photograph)
    {
        var variants = Services.GetRequiredService<StratAI.Storage.Imaging.ImageVariants>();
        var result = await variants.GetAsync(
            $"photograph-{Interlocked.Increment(ref _made)}", "image/jpeg", Width, ImageFormat.WebP, _ => Task.FromResult<Stream?>(new MemoryStream(photograph, writable: false)));
        return (await Services.GetRequiredService<IObjectStore>().StatAsync(result.Variant!.Key))!.Size;
    }

    private static ServiceProvider Configure()
    {
        var services = new ServiceCollection();
        services.AddStratAIStorage(options => options.FileSystem.Root = Directory.CreateTempSubdirectory("stratai-bench-").FullName).AddImaging();
        return services.BuildServiceProvider();
    }

    /// <summary>Of a camera's size; noise over a gradient, so that it is as hard to read as one.</summary>
    private static byte[] Photograph()
    {
        using var gradient = Image.Xyz(4000, 3000);
        using var noise = Image.Gaussnoise(4000, 3000, mean: 0, sigma: 12, seed: 7);
        using var gray = (gradient[0] / 16) + noise;
        using var picture = gray.Bandjoin((gradient[1] / 12) + noise, 255 - gray).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return picture.JpegsaveBuffer(q: 88);
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
