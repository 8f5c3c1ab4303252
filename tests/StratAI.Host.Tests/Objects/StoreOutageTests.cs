using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Objects;

/// <summary>The S3 server is gone or silent.</summary>
[Collection(DistributedShape.Name)]
public sealed class StoreOutageTests(DistributedHost fixture)
{
    private static readonly byte[] Large = [.. Enumerable.Repeat((byte)'x', 2_000_000)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_its_object_store_uploads_and_content_are_503_and_nothing_is_left(bool silent)
    {
        await using var proxy = new TcpProxy(new Uri(TestServers.S3Endpoint).Authority);
        await using var deployment = await ObjectDeployment.CreateAsync(
            fixture, null, ("Storage:S3:Endpoint", $"http://{proxy.Endpoint}"), ("Storage:S3:Timeout", "00:00:02"));
        var user = await deployment.Host.SignInAsync("ada");
        var id = (await user.UploadAsync("a.txt", Large)).Id;

        if (silent)
        {
            proxy.Stall();
        }
        else
        {
            proxy.Cut();
        }

        var (uploaded, content) = (await user.UploadAsync("b.txt", Large), await user.GetAsync($"/api/documents/{id}/content"));

        Assert.Equal((503, "unavailable", "5"), (uploaded.Status, uploaded.Code, uploaded.Headers["Retry-After"]));
        Assert.Equal((503, "unavailable", "5"), (content.Status, content.Code, content.Headers["Retry-After"]));
        Assert.Equal("no-store", content.Headers["Cache-Control"]);
        // A document goes even so; its object is on record.
        var doomed = await user.DeleteAsync($"/api/documents/{id}");
        Assert.Equal(204, doomed.Status);

        proxy.Restore();

        Assert.Equal(201, (await user.UploadAsync("b.txt", Large)).Status);
        await deployment.AssertAllIsOwnedAsync(1);
    }
}
