using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>Bodies that break off on their way.</summary>
public sealed class S3ResumeTests
{
    [Fact]
    public async Task A_body_that_breaks_off_goes_on_over_another_connection()
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        using var counted = s3.Retries();
        s3.Proxy.Faults.Enqueue(new Fault.ResetInAnswerBody(100_000));
        s3.Proxy.Faults.Enqueue(new Fault.ResetInAnswerBody(50_000));

        Assert.Equal(FaultTable.Content, await s3.Store.ReadAsync(s3.Prefix + FaultTable.Existing));

        Assert.Equal(3, s3.Proxy.Requests);
        Assert.Equal(2, counted.All.Count(repeated => (string?)repeated.Tags["operation"] == "resume"));
    }

    [Fact]
    public async Task A_range_that_breaks_off_goes_on_to_its_own_end()
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        s3.Proxy.Faults.Enqueue(new Fault.ResetInAnswerBody(10_000));

        Assert.Equal(FaultTable.Content[1000..101_000], await s3.Store.ReadAsync(s3.Prefix + FaultTable.Existing, new(1000, 100_000)));

        Assert.Equal(2, s3.Proxy.Requests);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public async Task A_body_that_breaks_off_again_and_again_is_unavailable(int retries, int requests)
    {
        await using var s3 = new FaultyS3(retries);
        await s3.PrepareAsync();
        s3.Proxy.Always = new Fault.ResetInAnswerBody(10_000);

        await s3.Store.ReadAsync(s3.Prefix + FaultTable.Existing).FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Equal(requests, s3.Proxy.Requests);
    }

    [Fact]
    public async Task A_body_never_goes_on_with_another_object()
    {
        await using var s3 = new FaultyS3(retries: 2);
        await s3.PrepareAsync();
        s3.Proxy.Faults.Enqueue(new Fault.ResetInAnswerBody(100_000));
        await using var content = await s3.Store.GetAsync(s3.Prefix + FaultTable.Existing);
        var other = FaultTable.Content.Reverse().ToArray();
        await s3.Direct.PutAsync(s3.Prefix + FaultTable.Existing, new MemoryStream(other));

        await content!.Stream.ReadToEndAsync().FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Equal(other, await s3.Store.ReadAsync(s3.Prefix + FaultTable.Existing));
    }

    [Theory]
    [InlineData("206 Partial Content\r\nContent-Range: bytes 4-7/8", "\"other\"", 4)]
    [InlineData("206 Partial Content\r\nContent-Range: bytes 3-7/8", "\"e\"", 5)]
    [InlineData("206 Partial Content\r\nContent-Range: bytes 4-7/9", "\"e\"", 4)]
    [InlineData("206 Partial Content\r\nContent-Range: bytes 4-6/8", "\"e\"", 3)]
    [InlineData("200 OK", "\"e\"", 8)]
    public async Task A_server_that_goes_on_with_something_else_is_not_believed(string status, string etag, int length)
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(s3 =>
        {
            server.Configure(s3);
            s3.Retries = 1;
        });

        var opening = storage.Store.GetAsync("a");
        using (var first = await server.AcceptAsync())
        {
            await first.ReadRequestAsync();
            await first.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 8\r\n\r\nhalf");
        }

        await using var content = await opening;
        var reading = content!.Stream.ReadToEndAsync();
        using var second = await server.AcceptAsync();
        var request = await second.ReadRequestAsync();
        await second.SendAsync($"HTTP/1.1 {status}\r\nETag: {etag}\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");

        await reading.FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Contains("\r\nRange: bytes=4-7\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nIf-Match: \"e\"\r\n", request, StringComparison.OrdinalIgnoreCase);
    }
}
