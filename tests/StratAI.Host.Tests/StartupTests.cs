using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>The host as a process: what it refuses to start with, and what it says then.</summary>
public sealed class StartupTests : IDisposable
{
    private const string Postgres = "Host=127.0.0.1;Port=1;Username=x;Password=x;Database=x;Timeout=1";

    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Auth:Authority or Auth:SigningKey must be set", "ASPNETCORE_ENVIRONMENT=Production")]
    [InlineData("Auth:SigningKey has 5 bytes", "Auth:SigningKey=short")]
    [InlineData("Auth:Audience must be set", "Auth:Audience=")]
    [InlineData("MasterKey must be base64", "MasterKey=not base64!")]
    [InlineData("MasterKey must be base64", "MasterKey=c2hvcnQ=")]
    [InlineData("MasterKey must be set", "ConnectionStrings:Postgres=" + Postgres)]
    [InlineData("MasterKey must be set", "ConnectionStrings:Redis=127.0.0.1:1")]
    [InlineData("could not be brought up to date", "ConnectionStrings:Postgres=" + Postgres, "MasterKey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData(
        "Database:StatementTimeout is 00:00:00", "ConnectionStrings:Postgres=" + Postgres, "MasterKey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Database:StatementTimeout=00:00:00")]
    [InlineData("Chat:Provider is 'oracle'", "Chat:Provider=oracle")]
    [InlineData("'Limits:Policies:user:PermitLimit'", "Limits:Policies:user:PermitLimit=many")]
    [InlineData("Policies[user].PermitLimit is 0", "Limits:Policies:user:PermitLimit=0")]
    [InlineData("Policies[chat-concurrency].Window is 00:01:00", "Limits:Policies:chat-concurrency:Window=00:01:00")]
    [InlineData("Chat:ReservedTokens is 0", "Chat:ReservedTokens=0")]
    [InlineData("Metrics:Port is 'many'", "Metrics:Port=many")]
    [InlineData("Metrics:Port is 5000, which is the public port", "Metrics:Port=5000", "ASPNETCORE_URLS=http://127.0.0.1:5000")]
    [InlineData("Chat:DrainTime is 00:00:16", "Chat:DrainTime=00:00:16")]
    [InlineData("Failed to convert configuration value", "Documents:Delivery=Pigeon")]
    [InlineData("Documents:Delivery is neither", "Documents:Delivery=7")]
    [InlineData("AccessKey", "Storage:S3:Endpoint=http://127.0.0.1:1")]
    [InlineData("cannot be written", "Data:Folder=/dev/null/data")]
    public async Task A_bad_setting_ends_the_start_and_is_named(string expected, params string[] settings)
    {
        await using var host = new HostProcess([("Data:Folder", _folder), .. settings.Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
        var (exitCode, errors) = await host.WaitForExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_request_of_a_process_may_be_a_patch()
    {
        await using var host = new HostProcess(("Data:Folder", _folder));
        await host.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await ApiClient.TokenAsync(http, "ada"));

        var answer = await new ApiClient(http, "ada").PatchAsync("/api/preferences", new { theme = "dark" });

        Assert.Equal((200, "dark"), (answer.Status, answer.Body!["theme"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_second_instance_on_the_same_data_folder_is_refused_and_a_successor_is_not()
    {
        await using var first = new HostProcess(("Data:Folder", _folder));
        await first.WaitUntilReadyAsync();

        await using var second = new HostProcess(("Data:Folder", _folder));
        var (exitCode, errors) = await second.WaitForExitAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains($"in use by another instance of the host (process {first.Id})", errors, StringComparison.Ordinal);

        // However an instance ends, its folder is free.
        first.Kill();
        await first.WaitForExitAsync();
        await using var successor = new HostProcess(("Data:Folder", _folder));
        await successor.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_kill_and_tokens_and_cursors_still_work()
    {
        string token;
        string cursor;
        await using (var first = new HostProcess(("Data:Folder", _folder)))
        {
            await first.WaitUntilReadyAsync();
            using var http = new HttpClient { BaseAddress = first.Address };
            token = await ApiClient.TokenAsync(http, "ada");
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            var ada = new ApiClient(http, "ada");
            await ada.CreateAsync("/api/tasks", new { title = "One" });
            await ada.CreateAsync("/api/tasks", new { title = "Two" });
            cursor = (await ada.GetAsync("/api/tasks?limit=1")).Body!["pagination"]!["nextCursor"]!.GetValue<string>();
            first.Kill();
            await first.WaitForExitAsync();
        }

        await using var second = new HostProcess(("Data:Folder", _folder));
        await second.WaitUntilReadyAsync();
        using var again = new HttpClient { BaseAddress = second.Address };
        again.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var page = await new ApiClient(again, "ada").GetAsync($"/api/tasks?cursor={cursor}");
        Assert.Equal("One", page.Body!["data"]![0]!["title"]!.GetValue<string>());
    }
}
