using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>What <c>MapObjects</c> promises however objects are delivered, and from whichever store.</summary>
public abstract class ObjectEndpointTests(bool redirect, bool s3) : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName;
    private readonly string _prefix = $"{Guid.NewGuid():N}/";

    protected TestWeb Web { get; private set; } = null!;

    /// <summary>Follows no redirects.</summary>
    protected HttpClient Direct { get; private set; } = null!;

    protected IObjectStore Store => Web.Services.GetRequiredService<IObjectStore>();

    public async Task InitializeAsync()
    {
        Web = await TestWeb.StartAsync(
            builder => builder.Services.AddStratAIStorage(options =>
            {
                options.FileSystem.Root = _root;
                options.S3 = s3 ? TestStorage.SharedS3() : new();
            }),
            app =>
            {
                app.MapStoredObjects();
                app.MapObjects(
                    "/files/{**key}",
                    (context, key) => ValueTask.FromResult(context.Request.Query["user"] == "stranger" ? null : Access(key)),
                    options => options.Delivery = redirect ? ObjectDelivery.Redirect : ObjectDelivery.Stream);
            });
        Direct = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Web.Client.BaseAddress };
        await Store.PutTextAsync(_prefix + "digits", "0123456789", new() { ContentType = "text/plain" });
        await Store.PutTextAsync(_prefix + "page", "<script>", new() { ContentType = "text/html" });
        await Store.PutTextAsync(_prefix + "drawing.svg", "<svg/>", new() { ContentType = "image/svg+xml" });
        await Store.PutTextAsync(_prefix + "feed.xml", "<feed/>", new() { ContentType = "application/atom+xml" });
    }

    public async Task DisposeAsync()
    {
        Direct.Dispose();
        await Web.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private ObjectAccess? Access(string key) => key switch
    {
        "" => null,
        "bad" => new("a/../b"),
        "named" => new(_prefix + "digits") { FileName = "Übersicht\n.txt", Attachment = true, ContentType = "text/csv" },
        "as-html" => new(_prefix + "digits") { ContentType = "text/html" },
        _ => new(_prefix + key) { CacheControl = "private, max-age=60" },
    };

    [Fact]
    public async Task Who_may_read_gets_the_bytes_and_a_range_of_them()
    {
        using var response = await Web.Client.GetAsync("/files/digits");
        Assert.Equal("0123456789", await response.Content.ReadAsStringAsync());
        Assert.Equal(("text/plain", "inline"), (response.Content.Headers.ContentType!.ToString(), response.Content.Headers.ContentDisposition!.ToString()));

        using var part = await SendAsync(Web.Client, HttpMethod.Get, "/files/digits", ("Range", "bytes=2-4"));
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        using var known = await SendAsync(Web.Client, HttpMethod.Get, "/files/digits", ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("/files/digits?user=stranger")]
    [InlineData("/files/")]
    [InlineData("/files/bad")]
    public async Task What_may_not_be_read_is_not_found(string url)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var response = await SendAsync(Direct, method, url);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.True(response.Headers.CacheControl!.NoStore);
            if (method == HttpMethod.Get)
            {
                Assert.Equal("not-found", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            }
        }
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await Web.Client.GetAsync("/files/nothing")).StatusCode);

    [Theory]
    [InlineData("page")]
    [InlineData("drawing.svg")]
    [InlineData("feed.xml")]
    [InlineData("as-html")]
    public async Task What_runs_scripts_is_only_ever_a_download(string key)
    {
        using var response = await Web.Client.GetAsync($"/files/{key}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        if (!redirect || !s3)
        {
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Name_type_and_disposition_are_those_of_the_access()
    {
        using var response = await Web.Client.GetAsync("/files/named");

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(("attachment", "Übersicht_.txt"), (response.Content.Headers.ContentDisposition!.DispositionType, response.Content.Headers.ContentDisposition.FileNameStar));
    }

    [Fact]
    public async Task Head_is_answered_without_a_body_or_a_redirect()
    {
        using var response = await SendAsync(Direct, HttpMethod.Head, "/files/digits");

        Assert.Equal((HttpStatusCode.OK, 10L), (response.StatusCode, response.Content.Headers.ContentLength));
        Assert.Equal("private, max-age=60", string.Join(", ", response.Headers.CacheControl!.ToString().Split(", ").OrderDescending()));
    }

    [Fact]
    public async Task Get_is_answered_as_configured()
    {
        using var response = await SendAsync(Direct, HttpMethod.Get, "/files/digits");

        if (!redirect)
        {
            Assert.Equal("private, max-age=60", string.Join(", ", response.Headers.CacheControl!.ToString().Split(", ").OrderDescending()));
            return;
        }

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal(s3, response.Headers.Location!.IsAbsoluteUri);
        Assert.Contains(s3 ? "X-Amz-Expires=30" : "expires=", response.Headers.Location.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string url, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request);
    }
}

public sealed class StreamedFilesTests() : ObjectEndpointTests(redirect: false, s3: false);

public sealed class StreamedS3Tests() : ObjectEndpointTests(redirect: false, s3: true);

public sealed class RedirectedFilesTests() : ObjectEndpointTests(redirect: true, s3: false)
{
    [Fact]
    public async Task A_keyed_store_is_served_by_its_key_and_a_lifetime_out_of_range_is_a_mistake()
    {
        await using var web = await TestWeb.StartAsync(
            builder => builder.Services.AddKeyedStratAIStorage("k", options => options.FileSystem.Root = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName),
            app =>
            {
                app.MapObjects("/k", (_, key) => ValueTask.FromResult<ObjectAccess?>(new("a" + key)), options => options.ServiceKey = "k");
                Assert.Throws<ArgumentOutOfRangeException>(() => app.MapObjects(
                    "/l", (_, _) => default, options => (options.ServiceKey, options.UrlLifetime) = ("k", TimeSpan.FromDays(8))));
            });
        await web.Services.GetRequiredKeyedService<IObjectStore>("k").PutTextAsync("a", "keyed");

        Assert.Equal("keyed", await web.Client.GetStringAsync("/k"));
        Directory.Delete(web.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<StorageOptions>>().Get("k").FileSystem.Root, recursive: true);
    }
}

public sealed class RedirectedS3Tests() : ObjectEndpointTests(redirect: true, s3: true);
