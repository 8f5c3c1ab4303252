using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace StratAI.Storage.Imaging.Tests.Testing;

/// <summary>The package as an application gets it, on a folder; several on one folder are several instances of an application.</summary>
public sealed class TestImaging : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _owned;

    public TestImaging(Action<ImagingOptions>? configure = null, string? folder = null, Action<IServiceCollection>? services = null)
    {
        _owned = folder is null ? Directory.CreateTempSubdirectory("stratai-imaging-tests-").FullName : null;
        Folder = folder ?? _owned!;
        var collection = new ServiceCollection();
        services?.Invoke(collection);
        collection.AddStratAIStorage(options =>
        {
            options.FileSystem.Root = Path.Combine(Folder, "objects");
            options.Uploads.TemporaryFolder = TemporaryFolder;
        }).AddImaging(configure);
        _services = collection.BuildServiceProvider();
    }

    public string Folder { get; }

    public string TemporaryFolder => Path.Combine(Folder, "temporary");

    public IServiceProvider Services => _services;

    public IMeterFactory Meters => Get<IMeterFactory>();

    public IObjectStore Store => Get<IObjectStore>();

    public ImageInspector Inspector => Get<ImageInspector>();

    public ImageVariants Variants => Get<ImageVariants>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<Upload> UploadAsync(byte[] bytes)
    {
        var result = await Get<UploadGate>().ReceiveAsync(new MemoryStream(bytes), new() { MaximumBytes = 100_000_000 }, default);
        Assert.True(result.IsAccepted, result.Refusal?.Detail);
        return result.Accepted;
    }

    public async Task<ImageInspection> InspectAsync(byte[] bytes)
    {
        await using var upload = await UploadAsync(bytes);
        return await Inspector.InspectAsync(upload, default);
    }

    public Task<ObjectInfo> PutAsync(string key, byte[] bytes) => Store.PutAsync(key, new MemoryStream(bytes));

    public async Task<byte[]> ReadAsync(string key)
    {
        await using var content = await Store.GetAsync(key);
        Assert.NotNull(content);
        var bytes = new MemoryStream();
        await content.Stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Stores an original and makes a variant of it.</summary>
    public async Task<(byte[] Bytes, Image Image)> MakeAsync(byte[] original, string type, int width, ImageFormat format, string key = "original")
    {
        await PutAsync(key, original);
        var result = await Variants.GetAsync(key, type, width, format);
        Assert.True(result.IsOk, $"{result.Refusal?.Code}: {result.Refusal?.Detail}");
        Assert.Equal(ImageFormats.ContentTypeOf(format), (await Store.StatAsync(result.Variant.Key))!.ContentType);
        var bytes = await ReadAsync(result.Variant.Key);
        return (bytes, TestImages.Open(bytes));
    }

    public async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var item in Store.ListAsync(""))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_owned is not null)
        {
            Directory.Delete(_owned, recursive: true);
        }
    }
}
