using System.Text;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>Content that clients are sent to the object store for (<c>Documents:Delivery</c>).</summary>
public abstract class DocumentDeliveryTests(HostFixture host) : IAsyncLifetime
{
    private HostInstance _instance = null!;

    public Task InitializeAsync()
    {
        _instance = new(host.SettingsApart(("Documents:Delivery", "Redirect")));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task Content_is_a_redirect_to_a_url_that_needs_no_token_and_is_kept_nowhere()
    {
        var user = await _instance.SignInAsync("ada");
        var document = (await user.UploadAsync("Übersicht.md", "# Hello"u8.ToArray(), "text/markdown")).Body!;
        var path = $"/api/documents/{document["id"]}/content";

        foreach (var url in new[] { path, $"{path}?v={document["sha256"]}" })
        {
            var answer = await user.GetAsync(url);
            Assert.Equal((302, "no-store", 0), (answer.Status, answer.Headers["Cache-Control"], answer.Bytes.Length));
            Assert.Equal(host.IsDistributed, answer.Headers["Location"].StartsWith("http://", StringComparison.Ordinal));

            using var http = _instance.Anonymous();
            using var content = await http.GetAsync(new Uri(_instance.Address, answer.Headers["Location"]));
            Assert.Equal("# Hello", await content.Content.ReadAsStringAsync());
            Assert.Equal("text/markdown", content.Content.Headers.ContentType!.ToString());
            Assert.Equal(("inline", "Übersicht.md"), (content.Content.Headers.ContentDisposition!.DispositionType, content.Content.Headers.ContentDisposition.FileNameStar));
        }
    }

    [Fact]
    public async Task Who_may_not_read_a_document_is_sent_nowhere()
    {
        var id = (await (await _instance.SignInAsync("ada")).UploadAsync("a.md", "x"u8.ToArray())).Id;

        Assert.Equal(404, (await (await _instance.SignInAsync("mallory")).GetAsync($"/api/documents/{id}/content")).Status);
        Assert.Equal(401, (await new ApiClient(_instance.Anonymous(), "").GetAsync($"/api/documents/{id}/content")).Status);
    }

    [Theory]
    [InlineData("a.html", "<!doctype html><script>alert(1)</script>")]
    [InlineData("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>")]
    public async Task What_runs_scripts_is_a_download_there_too(string name, string text)
    {
        var user = await _instance.SignInAsync("ada");
        var id = (await user.UploadAsync(name, Encoding.UTF8.GetBytes(text))).Id;
        using var http = _instance.Anonymous();

        using var content = await http.GetAsync(new Uri(_instance.Address, (await user.GetAsync($"/api/documents/{id}/content")).Headers["Location"]));

        Assert.Equal("attachment", content.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DocumentDeliveryTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DocumentDeliveryTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : DocumentDeliveryTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : DocumentDeliveryTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : DocumentDeliveryTests(host);
}
