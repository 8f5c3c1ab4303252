using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Objects;

/// <summary>Bodies that are too long, too slow, or break off: what the client sees, and that nothing stays.</summary>
public abstract class UploadBodyTests(HostFixture fixture)
{
    [Fact]
    public async Task A_length_over_the_cap_is_refused_before_a_byte_of_the_body_is_sent()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        var user = await deployment.Host.SignInAsync("ada");
        using var upload = await RawUpload.BeginAsync(deployment.Host.Address, user, $"Content-Length: {DocumentUpload.MaximumRequestBytes + 1}");

        var answer = await upload.ReadAnswerAsync("too-large");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("too-large", answer, StringComparison.Ordinal);
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Theory]
    [InlineData(RawUpload.FilePart)]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"spaceId\"\r\n\r\n")]
    public async Task A_body_of_unknown_length_is_cut_at_the_cap_while_it_streams(string part)
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        var user = await deployment.Host.SignInAsync("ada");
        using var upload = await RawUpload.BeginAsync(deployment.Host.Address, user, "Transfer-Encoding: chunked");
        var answering = upload.ReadAnswerAsync("traceId");
        await upload.SendChunkAsync(part);
        var chunk = new string('x', 64 * 1024);
        try
        {
            // Without an end, were it not for the cap.
            for (var sent = 0L; sent < 4 * DocumentUpload.MaximumRequestBytes && !answering.IsCompleted; sent += chunk.Length)
            {
                await upload.SendChunkAsync(chunk);
            }
        }
        catch (IOException)
        {
            // The host has answered and closed the connection.
        }

        var answer = await answering.ContinueWith(task => task.IsCompletedSuccessfully ? task.Result : "", TaskScheduler.Default);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        await Eventually.TrueAsync(async () => (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>() == 0);
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_408_and_leaves_nothing()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(
            fixture,
            builder => builder.ConfigureServices(services => services.Configure<KestrelServerOptions>(
                options => options.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(1.5)))));
        var user = await deployment.Host.SignInAsync("ada");
        using var upload = await RawUpload.BeginAsync(deployment.Host.Address, user, "Content-Length: 1000000");
        await upload.SendAsync(RawUpload.FilePart + "slow");

        var answer = await upload.ReadAnswerAsync("request-timeout");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("request-timeout", answer, StringComparison.Ordinal);
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task A_temporary_folder_that_fails_is_503_and_leaves_nothing()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture, null, ("Storage:Uploads:TemporaryFolder", "/proc/version"));
        var user = await deployment.Host.SignInAsync("ada");

        var small = await user.UploadAsync("small.txt", "text"u8.ToArray());
        var large = await user.UploadAsync("large.txt", [.. Enumerable.Repeat((byte)'x', 100_000)]);

        Assert.Equal(201, small.Status);
        Assert.Equal((503, "unavailable", "5"), (large.Status, large.Code, large.Headers["Retry-After"]));
        await deployment.AssertAllIsOwnedAsync(1);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : UploadBodyTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : UploadBodyTests(host);
}
