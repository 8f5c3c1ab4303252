using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests.Faults;

/// <summary>A clock that is off, here or there.</summary>
public sealed class S3ClockTests
{
    private const string Skewed = "<Error><Code>RequestTimeTooSkewed</Code></Error>";

    public static TheoryData<string> Operations => new(FaultTable.Operations.Keys);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_clock_an_hour_late_is_corrected_by_the_servers(string operation)
    {
        var log = new LogLines();
        await using var s3 = new FaultyS3(retries: 1, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1)), log);
        await s3.PrepareAsync();

        if (operation == "put of a stream")
        {
            // The stream cannot be read again, but the next write knows better.
            var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => s3.RunAsync(operation));
            Assert.Equal(ObjectStoreFailure.Denied, denied.Failure);
            Assert.Equal("The S3 server refused the request: its clock is 60 minutes ahead of this machine's.", denied.Message);
        }

        await s3.RunAsync(operation);
        await s3.RunAsync("stat");
        await s3.AssertWholeAsync();
        Assert.Single(log.All, line => line.Contains("The clock of the S3 server", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_clock_an_hour_early_works_where_the_server_allows_it(string operation)
    {
        await using var s3 = new FaultyS3(retries: 1, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1)));
        await s3.PrepareAsync();

        await s3.RunAsync(operation);
        await s3.AssertWholeAsync();
    }

    [Fact]
    public async Task A_clock_that_is_off_is_named_where_nothing_is_made_again_and_learned_once_by_all()
    {
        var log = new LogLines();
        await using var s3 = new FaultyS3(retries: 0, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1)), log);
        await s3.PrepareAsync();

        var denied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Record.ExceptionAsync(() => s3.RunAsync("stat"))));

        Assert.All(denied.OfType<ObjectStoreException>(), failure => Assert.Contains("60 minutes ahead", failure.Message, StringComparison.Ordinal));
        Assert.NotEmpty(denied.OfType<ObjectStoreException>());
        Assert.Single(log.All, line => line.Contains("The clock of the S3 server", StringComparison.Ordinal));
        await s3.RunAsync("put");
        var url = await s3.Storage.Signer.SignGetAsync(s3.Prefix + FaultTable.Existing, TimeSpan.FromMinutes(1));
        using var http = new HttpClient();
        Assert.Equal(FaultTable.Content, await http.GetByteArrayAsync(url.Url));
    }

    [Fact]
    public async Task A_server_that_says_when_it_is_gets_requests_of_that_time()
    {
        var time = new FakeTimeProvider(new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero));
        var theirs = time.GetUtcNow().AddHours(-1);
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(
            s3 =>
            {
                server.Configure(s3);
                s3.Retries = 1;
            },
            time);

        var writing = storage.Store.PutTextAsync("a", "x", new() { OnlyIfAbsent = true });
        var first = await AnswerAsync(server, $"403 Forbidden\r\nDate: {theirs:R}", Skewed);
        var second = await AnswerAsync(server, "200 OK\r\nETag: \"e\"", "");

        await writing;
        Assert.Contains("X-Amz-Date=20300601T120000Z", first, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Date=20300601T110000Z", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\nDate: Sat, 01 Jun 2030 11:56:00 GMT")]
    [InlineData("\r\nDate: nonsense")]
    public async Task A_refusal_for_another_reason_changes_no_clock(string date)
    {
        var time = new FakeTimeProvider(new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero));
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(
            s3 =>
            {
                server.Configure(s3);
                s3.Retries = 1;
            },
            time);

        var writing = storage.Store.PutTextAsync("a", "x");
        await AnswerAsync(server, "403 Forbidden" + date, "<Error><Code>SignatureDoesNotMatch</Code></Error>");

        var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => writing);
        Assert.Equal((ObjectStoreFailure.Denied, "The S3 server answered 403 SignatureDoesNotMatch."), (denied.Failure, denied.Message));
    }

    [Theory]
    [InlineData("not-the-secret", null)]
    [InlineData(null, "nobody")]
    public async Task A_wrong_secret_is_denied_as_that_also_where_the_clock_is_off_too(string? secret, string? key)
    {
        await using var s3 = new FaultyS3(retries: 2, new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1)), configure: options =>
        {
            options.SecretKey = secret ?? options.SecretKey;
            options.AccessKey = key ?? options.AccessKey;
        });

        foreach (var operation in FaultTable.Operations.Keys)
        {
            await s3.RunAsync(operation).FailsWithAsync(ObjectStoreFailure.Denied);
        }
    }

    private static async Task<string> AnswerAsync(ScriptedServer server, string status, string body)
    {
        using var connection = await server.AcceptAsync();
        var request = await connection.ReadRequestAsync();
        await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        return request;
    }
}
