using System.Text;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;
using StratAI.Testing;

namespace StratAI.Storage.Tests;

public sealed class S3UploadSignerTests : UploadSignerContract, IAsyncLifetime
{
    private readonly TestStorage _storage = TestStorage.OnS3();
    private readonly TestStorage _slow = TestStorage.OnS3(time: new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1)));

    protected override IObjectStore Store => _storage.Store;

    protected override IUrlSigner UrlSigner => _storage.Signer;

    protected override IUploadSigner Signer => _storage.UploadSigner;

    protected override IUploadSigner SlowSigner => _slow.UploadSigner;

    protected override HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _storage.DisposeAsync();
        await _slow.DisposeAsync();
    }

    [Fact]
    public async Task Clients_that_know_the_server_by_another_name_get_urls_of_that_name()
    {
        // Another name of the same server; signatures for the configured one would not be valid there.
        var other = TestServers.S3Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Assert.NotEqual(TestServers.S3Endpoint, other);
        await using var storage = TestStorage.OnS3(s3 => s3.PublicEndpoint = other);
        var key = Guid.NewGuid().ToString("N");

        var put = await storage.UploadSigner.SignPutAsync(key, TimeSpan.FromMinutes(1), new() { Length = 5, ContentType = Type });
        using var content = new StringContent("hello", new System.Net.Http.Headers.MediaTypeHeaderValue(Type));
        using var stored = await Client.PutAsync(put.Url, content);
        var get = await storage.Signer.SignGetAsync(key, TimeSpan.FromMinutes(1));
        var post = await storage.UploadSigner.SignPostAsync(key, TimeSpan.FromMinutes(1), new() { MaximumBytes = 5 });

        Assert.StartsWith(other, put.Url.AbsoluteUri, StringComparison.Ordinal);
        Assert.StartsWith(other, post.Url.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal(200, (int)stored.StatusCode);
        Assert.Equal("hello", await Client.GetStringAsync(get.Url));
        Assert.Equal(403, (int)(await Client.GetAsync(Change(get.Url.AbsoluteUri, "localhost", "127.0.0.1"))).StatusCode);
    }

    protected override SignedForm WithMaximum(SignedForm form, long maximum)
    {
        var policy = Encoding.UTF8.GetString(Convert.FromBase64String(form.Fields["policy"]));
        var changed = policy.Replace(",10]", $",{maximum}]", StringComparison.Ordinal);
        Assert.NotEqual(policy, changed);
        return form with { Fields = With(form.Fields, "policy", Convert.ToBase64String(Encoding.UTF8.GetBytes(changed))) };
    }
}
