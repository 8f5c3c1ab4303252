using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class SignedUrlTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 15, 30, 250, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Now);
    private readonly string _root = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName;
    private TestWeb _web = null!;

    private IObjectStore Store => _web.Services.GetRequiredService<IObjectStore>();

    private IUrlSigner Signer => _web.Services.GetRequiredService<IUrlSigner>();

    public async Task InitializeAsync() => _web = await TestWeb.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddStratAIStorage(options => options.FileSystem.Root = _root);
        },
        app => app.MapStoredObjects());

    public async Task DisposeAsync()
    {
        await _web.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_signed_url_serves_the_object_as_a_download_until_it_expires()
    {
        await Store.PutTextAsync("docs/a.txt", "hello", new() { ContentType = "text/plain" });

        var signed = await Signer.SignGetAsync("docs/a.txt", TimeSpan.FromMinutes(5), new() { FileName = "Übersicht.txt" });

        Assert.False(signed.Url.IsAbsoluteUri);
        Assert.StartsWith("/objects/docs/a.txt?", signed.Url.OriginalString, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 20, 31, TimeSpan.Zero), signed.ExpiresAt);
        using (var response = await _web.Client.GetAsync(signed.Url))
        {
            Assert.Equal("hello", await response.Content.ReadAsStringAsync());
            Assert.Equal(
                "attachment; filename=_bersicht.txt; filename*=UTF-8''%C3%9Cbersicht.txt",
                Assert.Single(response.Content.Headers.GetValues("Content-Disposition")));
            Assert.Equal("text/plain", response.Content.Headers.ContentType!.ToString());
        }

        _time.SetUtcNow(signed.ExpiresAt.AddMilliseconds(-1));
        Assert.Equal(HttpStatusCode.OK, (await _web.Client.GetAsync(signed.Url)).StatusCode);
        _time.SetUtcNow(signed.ExpiresAt);
        await AssertForbiddenAsync(signed.Url.OriginalString, "signature-expired");
    }

    [Fact]
    public async Task No_part_of_a_signed_url_can_be_changed()
    {
        await Store.PutTextAsync("a", "mine");
        await Store.PutTextAsync("b", "not mine");
        var url = (await Signer.SignGetAsync("a", TimeSpan.FromMinutes(5), new() { FileName = "f", ContentType = "text/plain" })).Url.OriginalString;
        var signature = url[^43..];

        foreach (var tampered in new[]
        {
            url.Replace("/objects/a?", "/objects/b?", StringComparison.Ordinal),
            url.Replace("expires=1", "expires=2", StringComparison.Ordinal),
            url.Replace("expires=1", "expires=01", StringComparison.Ordinal),
            url.Replace("filename=f", "filename=g", StringComparison.Ordinal),
            url.Replace("&filename=f", "", StringComparison.Ordinal),
            url.Replace("filename=f&type=text%2Fplain", "filename=f%0Atext%2Fplain", StringComparison.Ordinal),
            url.Replace("text%2Fplain", "text%2Fhtml", StringComparison.Ordinal),
            url + "&inline=1",
            url + "&expires=9999999999",
            url.Replace(signature, "", StringComparison.Ordinal),
            url.Replace(signature, signature[..^1], StringComparison.Ordinal),
            url.Replace(signature, signature + "A", StringComparison.Ordinal),
            url.Replace(signature, signature.ToUpperInvariant(), StringComparison.Ordinal),
            "/objects/a",
            "/objects/a?signature=%00",
        })
        {
            Assert.NotEqual(url, tampered);
            await AssertForbiddenAsync(tampered, "signature-invalid");
        }

        // Base64url has spare bits in its last character: only the one spelling is valid.
        foreach (var last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Where(last => last != url[^1]))
        {
            await AssertForbiddenAsync(url[..^1] + last, "signature-invalid");
        }

        Assert.Equal("mine", await _web.Client.GetStringAsync(url));
    }

    [Fact]
    public async Task Any_key_can_be_signed_and_served() =>
        await Gen.String[Gen.OneOf(Gen.Char["ab/%+ ~.?#&=:;@\\\"'<>|"], Gen.Char['\u00A1', '\u02FF']), 1, 40]
            .Where(Internal.ObjectKey.IsValid)
            .SampleAsync(
                async key =>
                {
                    await Store.PutTextAsync(key, "it is " + key);
                    Assert.Equal("it is " + key, await _web.Client.GetStringAsync((await Signer.SignGetAsync(key, TimeSpan.FromMinutes(1))).Url));
                },
                iter: 100);

    [Fact]
    public async Task Inline_shows_all_but_what_runs_scripts()
    {
        await Store.PutTextAsync("page", "<script>", new() { ContentType = "text/html" });
        await Store.PutTextAsync("text", "plain", new() { ContentType = "text/plain" });

        Assert.Equal("inline", await DispositionAsync("text", new() { Inline = true }));
        Assert.Equal("attachment", await DispositionAsync("text", null));
        Assert.Equal("attachment", await DispositionAsync("page", new() { Inline = true }));
        Assert.Equal("attachment", await DispositionAsync("text", new() { Inline = true, ContentType = "image/svg+xml" }));
    }

    [Fact]
    public async Task A_signed_url_of_nothing_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _web.Client.GetAsync((await Signer.SignGetAsync("nothing", TimeSpan.FromMinutes(1))).Url)).StatusCode);

    [Fact]
    public async Task Urls_outlive_a_restart_and_end_with_another_key()
    {
        await Store.PutTextAsync("a", "x");
        var url = (await Signer.SignGetAsync("a", TimeSpan.FromMinutes(5))).Url;

        await using (var restarted = await StartAsync(_ => { }))
        {
            Assert.Equal("x", await restarted.Client.GetStringAsync(url));
        }

        await using var other = await StartAsync(options => options.SigningKey = new string('k', 32));
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Client.GetAsync(url)).StatusCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_root, ".signing-key")));
        }
    }

    [Fact]
    public async Task Address_and_path_are_configurable()
    {
        await using var web = await StartAsync(options =>
        {
            options.BaseAddress = new("https://files.example.com/");
            options.PublicPath = "/private/files";
        });
        await Store.PutTextAsync("a", "x");

        var url = (await web.Services.GetRequiredService<IUrlSigner>().SignGetAsync("a", TimeSpan.FromMinutes(5))).Url;

        Assert.StartsWith("https://files.example.com/private/files/a?", url.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("x", await web.Client.GetStringAsync(url.PathAndQuery));
    }

    [Fact]
    public async Task Lifetimes_and_options_out_of_range_are_the_callers_mistake()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignGetAsync("a", TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Signer.SignGetAsync("a", TimeSpan.FromDays(7.1)));
        await Assert.ThrowsAsync<ArgumentException>(() => Signer.SignGetAsync("a", TimeSpan.FromDays(1), new() { FileName = "a\nb" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Signer.SignGetAsync("a", TimeSpan.FromDays(1), new() { ContentType = "x" }));
    }

    private Task<TestWeb> StartAsync(Action<FileSystemOptions> configure) => TestWeb.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddStratAIStorage(options =>
            {
                options.FileSystem.Root = _root;
                configure(options.FileSystem);
            });
        },
        app => app.MapStoredObjects());

    private async Task<string> DispositionAsync(string key, SignedGetOptions? options)
    {
        using var response = await _web.Client.GetAsync((await Signer.SignGetAsync(key, TimeSpan.FromMinutes(1), options)).Url);
        return response.Content.Headers.ContentDisposition!.ToString();
    }

    private async Task AssertForbiddenAsync(string url, string code)
    {
        using var response = await _web.Client.GetAsync(url);
        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, url);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }
}
