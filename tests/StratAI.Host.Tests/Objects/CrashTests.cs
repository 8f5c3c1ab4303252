using System.Net.Http.Headers;
using Npgsql;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Objects;

/// <summary>The process is killed in the middle of uploads.</summary>
public abstract class CrashTests(HostFixture fixture)
{
    private static readonly byte[] Large = [.. Enumerable.Repeat((byte)'x', 300_000)];

    [Fact]
    public async Task Killed_among_many_uploads_it_leaves_what_it_answered_and_nothing_else()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture, null, ("Limits:Policies:upload:PermitLimit", "100000"));
        await using var process = await StartAsync(deployment);
        var user = await SignInAsync(process);
        var answered = 0;
        var tenth = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(UploadUntilItEndsAsync)).ToArray();
        using var half = await RawUpload.BeginAsync(process.Address, user, "Content-Length: 1000000");
        await half.SendAsync(RawUpload.FilePart + new string('x', 200_000));
        await tenth.Task.WaitAsync(TimeSpan.FromMinutes(1));
        process.Kill();
        await Task.WhenAll(clients);
        await process.WaitForExitAsync();

        await deployment.AssertAllIsOwnedAsync();
        // One whose answer did not come through may be there as well: at most one of each client.
        var documents = await deployment.Database.FindAsync<int>("SELECT count(*) FROM documents", new { }, default);
        Assert.InRange(documents, answered, answered + clients.Length);

        async Task UploadUntilItEndsAsync()
        {
            try
            {
                while ((await user.UploadAsync("a.txt", Large)).Status == 201)
                {
                    if (Interlocked.Increment(ref answered) == 10)
                    {
                        tenth.SetResult();
                    }
                }
            }
            catch (HttpRequestException)
            {
                // It was killed.
            }
        }
    }

    protected static async Task<HostProcess> StartAsync(ObjectDeployment deployment)
    {
        var process = new HostProcess([.. deployment.Settings.Select(setting => (setting.Key, setting.Value))]);
        await process.WaitUntilReadyAsync();
        return process;
    }

    protected static async Task<ApiClient> SignInAsync(HostProcess process)
    {
        var http = new HttpClient { BaseAddress = process.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await ApiClient.TokenAsync(http, "ada"));
        return new(http, "ada");
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : CrashTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : CrashTests(host)
    {
        private readonly DistributedHost _host = host;

        [Theory]
        [InlineData(false)]
        [InlineData(true)]
        public async Task Killed_before_the_object_or_between_it_and_its_row_it_leaves_nothing(bool stored)
        {
            var postgres = new NpgsqlConnectionStringBuilder(_host.ConnectionString);
            await using var s3 = new TcpProxy(new Uri(TestServers.S3Endpoint).Authority);
            await using var database = new TcpProxy($"{postgres.Host}:{postgres.Port}");
            await using var deployment = await ObjectDeployment.CreateAsync(_host);
            // The victim goes through the proxies, the test past them.
            var through = new NpgsqlConnectionStringBuilder(deployment.Settings["ConnectionStrings:Postgres"]) { Host = "127.0.0.1", Port = int.Parse(database.Endpoint.Split(':')[1], null) };
            var settings = new Dictionary<string, string>(deployment.Settings) { ["ConnectionStrings:Postgres"] = through.ConnectionString, ["Storage:S3:Endpoint"] = $"http://{s3.Endpoint}" };
            await using var process = new HostProcess([.. settings.Select(setting => (setting.Key, setting.Value))]);
            await process.WaitUntilReadyAsync();
            var user = await SignInAsync(process);
            Assert.Equal(201, (await user.UploadAsync("before.txt", Large)).Status);

            s3.Stall();
            var uploading = Record.ExceptionAsync(() => user.UploadAsync("a.txt", Large));
            await StratAI.Testing.Redis.Eventually.TrueAsync(async () =>
                await deployment.Database.FindAsync<int>("SELECT count(*) FROM stored_objects WHERE state = 'pending'", new { }, default) == 1, "the object is on record");
            if (stored)
            {
                database.Stall();
                s3.Restore();
                await StratAI.Testing.Redis.Eventually.TrueAsync(async () => (await deployment.KeysAsync()).Count == 2, "the object is stored");
            }

            process.Kill();
            Assert.IsType<HttpRequestException>(await uploading);
            await process.WaitForExitAsync();
            Assert.Equal(stored ? 2 : 1, (await deployment.KeysAsync()).Count);

            await deployment.AssertAllIsOwnedAsync(1);
        }
    }
}
