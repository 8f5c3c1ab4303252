using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class S3SignedUrlTests
{
    [Fact]
    public async Task S3_serves_its_own_signed_urls_until_they_are_changed_or_expire()
    {
        await using var storage = TestStorage.OnS3();
        var key = $"{Guid.NewGuid():N}/a b+ü.txt";
        await storage.Store.PutTextAsync(key, "hello", new() { ContentType = "text/plain" });
        using var client = new HttpClient();

        var signed = await storage.Signer.SignGetAsync(key, TimeSpan.FromMinutes(5), new() { FileName = "Übersicht.txt", ContentType = "text/csv" });
        using var response = await client.GetAsync(signed.Url);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            "attachment; filename=_bersicht.txt; filename*=UTF-8''%C3%9Cbersicht.txt",
            Assert.Single(response.Content.Headers.GetValues("Content-Disposition")));
        Assert.InRange(signed.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5.1));
        foreach (var (part, other) in new[] { ("attachment", "inline"), ("a%20b", "a%20c"), ("text%2Fcsv", "text%2Fhtml") })
        {
            var tampered = signed.Url.AbsoluteUri.Replace(part, other, StringComparison.Ordinal);
            Assert.NotEqual(signed.Url.AbsoluteUri, tampered);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(tampered)).StatusCode);
        }
    }

    [Fact]
    public async Task S3_refuses_a_signed_url_after_its_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-10));
        await using var storage = TestStorage.OnS3(time: time);
        var key = Guid.NewGuid().ToString("N");
        await storage.Store.PutTextAsync(key, "x");
        using var client = new HttpClient();

        var over = await storage.Signer.SignGetAsync(key, TimeSpan.FromMinutes(9));
        var running = await storage.Signer.SignGetAsync(key, TimeSpan.FromMinutes(20));

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(over.Url)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(running.Url)).StatusCode);
    }

    [Fact]
    public async Task S3_shows_inline_all_but_what_runs_scripts()
    {
        await using var storage = TestStorage.OnS3();
        var prefix = Guid.NewGuid().ToString("N");
        await storage.Store.PutTextAsync(prefix + "page", "<script>", new() { ContentType = "text/html" });
        await storage.Store.PutTextAsync(prefix + "text", "plain", new() { ContentType = "text/plain" });

        Assert.Contains("disposition=inline", await UrlAsync("text", new() { Inline = true }), StringComparison.Ordinal);
        Assert.Contains("disposition=attachment", await UrlAsync("text", new()), StringComparison.Ordinal);
        Assert.Contains("disposition=attachment", await UrlAsync("page", new() { Inline = true }), StringComparison.Ordinal);
        Assert.Contains("disposition=attachment", await UrlAsync("text", new() { Inline = true, ContentType = "image/svg+xml" }), StringComparison.Ordinal);

        async Task<string> UrlAsync(string key, SignedGetOptions options) =>
            (await storage.Signer.SignGetAsync(prefix + key, TimeSpan.FromMinutes(1), options)).Url.AbsoluteUri;
    }

    [Fact]
    public async Task With_s3_the_application_maps_no_endpoint()
    {
        await using var web = await TestWeb.StartAsync(
            builder => builder.Services.AddStratAIStorage(options =>
                options.S3 = new() { Endpoint = "http://127.0.0.1:1", AccessKey = "a", SecretKey = "s", Bucket = "bucket" }),
            app => app.MapStoredObjects());

        Assert.Equal(HttpStatusCode.NotFound, (await web.Client.GetAsync("/objects/a")).StatusCode);
    }
}
