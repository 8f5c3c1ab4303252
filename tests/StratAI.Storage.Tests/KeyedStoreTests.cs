using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class KeyedStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keyed_stores_are_apart_from_each_other_and_from_the_default_one()
    {
        await using var services = new ServiceCollection()
            .AddStratAIStorage(options => options.FileSystem.Root = Folder("default")).Services
            .AddKeyedStratAIStorage("archive", options => options.FileSystem.Root = Folder("archive")).Services
            .AddKeyedStratAIStorage(7, options =>
            {
                options.S3 = TestStorage.SharedS3();
                options.Uploads.MemoryThresholdBytes = 8192;
            }).Services
            .BuildServiceProvider();
        IObjectStore[] stores =
        [
            services.GetRequiredService<IObjectStore>(),
            services.GetRequiredKeyedService<IObjectStore>("archive"),
            services.GetRequiredKeyedService<IObjectStore>(7),
        ];
        var key = $"{Guid.NewGuid():N}";

        foreach (var (i, store) in stores.Index())
        {
            Assert.Null(await store.StatAsync(key));
            await store.PutTextAsync(key, $"of store {i}");
        }

        Assert.Equal(["embedded", "embedded", "distributed"], stores.Select(store => store.Mode));
        foreach (var (i, store) in stores.Index())
        {
            Assert.Equal($"of store {i}", await store.ReadTextAsync(key));
        }

        Assert.Same(stores[1], services.GetRequiredKeyedService<IObjectStore>("archive"));
        Assert.Same(stores[0], Assert.Single(services.GetServices<IObjectStore>()));
        Assert.NotSame(services.GetRequiredService<UploadGate>(), services.GetRequiredKeyedService<UploadGate>("archive"));
        var signed = await services.GetRequiredKeyedService<IUrlSigner>(7).SignGetAsync(key, TimeSpan.FromMinutes(1));
        using var http = new HttpClient();
        Assert.Equal("of store 2", await http.GetStringAsync(signed.Url));
        Assert.Equal(8192, services.GetRequiredService<IOptionsMonitor<StorageOptions>>().Get("7").Uploads.MemoryThresholdBytes);
    }

    [Fact]
    public async Task Calling_it_again_adds_to_the_configuration_of_the_same_store()
    {
        var builder = new ServiceCollection().AddKeyedStratAIStorage("a", options => options.FileSystem.Root = Folder("a"));
        var again = builder.Services.AddKeyedStratAIStorage("a", options => options.FileSystem.PublicPath = "/a");

        await using var services = builder.Services.BuildServiceProvider();

        Assert.Equal(("a", "a"), (again.Name, again.ServiceKey));
        Assert.Single(services.GetKeyedServices<IObjectStore>("a"));
        var options = services.GetRequiredService<IOptionsMonitor<StorageOptions>>().Get("a").FileSystem;
        Assert.Equal((Folder("a"), "/a"), (options.Root, options.PublicPath));
    }

    [Fact]
    public async Task A_mistake_in_the_options_of_a_keyed_store_stops_the_start_and_names_the_store()
    {
        var thrown = await FailToStartAsync(services => services
            .AddStratAIStorage(options => options.FileSystem.Root = Folder("default")).Services
            .AddKeyedStratAIStorage("archive", options => options.FileSystem.PublicPath = "objects"));

        Assert.StartsWith("StorageOptions 'archive'.FileSystem.PublicPath is 'objects'", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("archive", Assert.IsType<OptionsValidationException>(thrown).OptionsName);
    }

    [Theory]
    [InlineData("/objects")]
    [InlineData("/Objects")]
    [InlineData("/objects/archive")]
    public async Task Stores_on_files_that_would_be_served_under_one_path_stop_the_start(string path)
    {
        var thrown = await FailToStartAsync(services => services
            .AddStratAIStorage(options => options.FileSystem.Root = Folder("default")).Services
            .AddKeyedStratAIStorage("archive", options =>
            {
                options.FileSystem.Root = Folder("archive");
                options.FileSystem.PublicPath = path;
            }));

        Assert.Equal(
            $"StorageOptions.FileSystem.PublicPath is '/objects' for the default store and '{path}' for the store 'archive': "
            + "give each a path that is not the other's and not below it.",
            thrown.Message);
    }

    [Fact]
    public async Task Stores_on_files_in_one_folder_stop_the_start()
    {
        var thrown = await FailToStartAsync(services => services
            .AddKeyedStratAIStorage("a", options => options.FileSystem.Root = Folder("x")).Services
            .AddKeyedStratAIStorage("b", options => (options.FileSystem.Root, options.FileSystem.PublicPath) = (Folder("y/../x/"), "/b")));

        Assert.Contains("StorageOptions.FileSystem.Root is", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("for the store 'a' and", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_of_stores_on_s3_are_nobodys_matter()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStratAIStorage(options => options.FileSystem.Root = Folder("default"));
        builder.Services.AddKeyedStratAIStorage("s3", options => options.S3 = TestStorage.SharedS3());
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_keyed_store_is_served_at_its_own_path_and_its_urls_work_nowhere_else()
    {
        await using var web = await TestWeb.StartAsync(
            builder =>
            {
                foreach (var (key, name) in new[] { (null, "default"), ("archive", "archive") })
                {
                    void Configure(StorageOptions options)
                    {
                        options.FileSystem.Root = Folder(name);
                        options.FileSystem.PublicPath = $"/{name}";
                        options.FileSystem.SigningKey = new('k', 32);
                    }

                    _ = key is null ? builder.Services.AddStratAIStorage(Configure) : builder.Services.AddKeyedStratAIStorage(key, Configure);
                }

                builder.Services.AddHealthChecks().AddStratAIStorage().AddKeyedStratAIStorage("archive");
            },
            app =>
            {
                app.MapStoredObjects();
                app.MapStoredObjects("archive");
            });
        await web.Services.GetRequiredService<IObjectStore>().PutTextAsync("a", "default");
        await web.Services.GetRequiredKeyedService<IObjectStore>("archive").PutTextAsync("a", "archived");

        var url = (await web.Services.GetRequiredKeyedService<IUrlSigner>("archive").SignGetAsync("a", TimeSpan.FromMinutes(1))).Url.OriginalString;

        Assert.StartsWith("/archive/a?", url, StringComparison.Ordinal);
        Assert.Equal("archived", await web.Client.GetStringAsync(url));
        // The same signing key, key and time: only the path is another.
        Assert.Equal(HttpStatusCode.Forbidden, (await web.Client.GetAsync(url.Replace("/archive/", "/default/", StringComparison.Ordinal))).StatusCode);
        var health = await web.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(["storage", "storage-archive"], health.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, health.Status);
    }

    private static async Task<Exception> FailToStartAsync(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        register(builder.Services);
        using var host = builder.Build();
        return (await Record.ExceptionAsync(() => host.StartAsync()))!;
    }

    private string Folder(string name) => Path.Combine(_folder, name);
}
