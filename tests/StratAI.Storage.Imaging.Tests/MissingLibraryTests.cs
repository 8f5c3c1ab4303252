using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Imaging.Tests.Testing;

namespace StratAI.Storage.Imaging.Tests;

public sealed class MissingLibraryTests
{
    private const string Unavailable = "images-unavailable";

    [Fact]
    public async Task Without_libvips_images_are_refused_and_everything_else_works()
    {
        var context = new WithoutLibrary();
        var probe = context.LoadFromAssemblyPath(typeof(MissingLibraryTests).Assembly.Location).GetType(typeof(MissingLibraryTests).FullName!)!
            .GetMethod(nameof(ProbeAsync), BindingFlags.Static | BindingFlags.NonPublic)!;

        var answers = await (Task<string[]>)probe.Invoke(null, [TestImages.Make("image/png", 640, 480)])!;

        Assert.True(context.Asked);
        Assert.Equal([Unavailable, Unavailable, "not-an-image", "stored"], answers);
    }

    [Fact]
    public async Task Switched_off_it_answers_as_if_it_were_missing_but_keeps_what_was_made()
    {
        await using var on = new TestImaging();
        await on.MakeAsync(TestImages.Make("image/png", 640, 480), "image/png", 320, ImageFormat.Png);
        await using var off = new TestImaging(options => options.Enabled = false, on.Folder);

        var refused = await off.Variants.GetAsync("original", "image/png", 640, ImageFormat.Png);
        Assert.Equal(Unavailable, refused.Refusal?.Code);
        Assert.NotNull(refused.Refusal!.RetryAfter);
        Assert.Equal(Unavailable, (await off.InspectAsync(TestImages.Make("image/png", 640, 480))).Refusal?.Code);
        Assert.True((await off.Variants.GetAsync("original", "image/png", 320, ImageFormat.Png)).IsOk);
    }

    /// <summary>Runs with assemblies of its own, whose NetVips looks for the library anew.</summary>
    private static async Task<string[]> ProbeAsync(byte[] png)
    {
        var folder = Directory.CreateTempSubdirectory("stratai-imaging-tests-").FullName;
        try
        {
            await using var services = new ServiceCollection().AddStratAIStorage(options => options.FileSystem.Root = folder).AddImaging().Services.BuildServiceProvider();
            var store = services.GetRequiredService<IObjectStore>();
            var uploaded = await services.GetRequiredService<UploadGate>().ReceiveAsync(new MemoryStream(png), new() { MaximumBytes = 1_000_000 }, default);
            await using var upload = uploaded.Accepted!;
            await upload.SaveAsync(store, "original");
            var (inspector, variants) = (services.GetRequiredService<ImageInspector>(), services.GetRequiredService<ImageVariants>());
            return
            [
                (await inspector.InspectAsync(upload, default)).Refusal?.Code ?? "ok",
                (await variants.GetAsync("original", upload.ContentType, 320, ImageFormat.Png)).Refusal?.Code ?? "ok",
                (await variants.GetAsync("original", "text/plain", 320, ImageFormat.Png)).Refusal?.Code ?? "ok",
                await store.StatAsync("original") is null ? "missing" : "stored",
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Its own copies of what this test is built with, on a platform that has no libvips.</summary>
    private sealed class WithoutLibrary() : AssemblyLoadContext("without libvips")
    {
        public bool Asked { get; private set; }

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
            return assemblyName.Name is "NetVips" or "StratAI.Storage.Imaging" or "StratAI.Storage.Imaging.Tests" && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName)
        {
            Asked = true;
            throw new DllNotFoundException(unmanagedDllName);
        }
    }
}
