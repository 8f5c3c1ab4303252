using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using Xunit.Abstractions;

namespace StratAI.Host.Tests;

/// <summary>The migration as an operator runs it: by commands, in processes that may be killed, and by a job.</summary>
public abstract class MigrateImagesTests(HostFixture host, ITestOutputHelper output)
{
    private const int Rows = 120;

    [Fact]
    public async Task Killed_again_and_again_the_migration_loses_nothing_and_doubles_nothing()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var deployment = await LegacyDeployment.CreateAsync(host, ("Migration:Images:Lease", "00:00:02"));
        var made = await HostCommand.RunAsync(deployment.Settings, "generate-images", "--rows", $"{Rows}", "--broken", "5", "--seed", $"{seed}");
        Assert.Equal(0, made.ExitCode);

        long moved = 0;
        for (var kill = 0; kill < 5; kill++)
        {
            // At a pace: else, on a busy machine, it may be done before anybody has seen it begin.
            await using var run = new HostCommand(deployment.Settings, "migrate-images", "--workers", "3", "--batch", "7", "--rate", "15");
            moved = await deployment.WaitUntilMovedAsync(moved + random.Next(1, 15), run);

            Assert.False(run.HasExited, "It has ended before it could be killed.");
            await run.KillAsync();
        }

        var (exitCode, text, errors) = await HostCommand.RunAsync(deployment.Settings, "migrate-images");
        output.WriteLine(text + errors);
        Assert.Contains(exitCode, new[] { 0, 2 });
        Assert.Equal((Rows, 0), (Number(text, "total"), Number(text, "remaining")));
        Assert.Equal(Rows, Number(text, "moved") + Number(text, "already moved") + Number(text, "set aside") + Number(text, "gone"));

        await using var instance = new HostInstance(deployment.Settings);
        await AssertNothingLostOrDoubledAsync(instance.Services, Number(text, "moved") + Number(text, "already moved"), Number(made.Output, "documents,"));
    }

    [Fact]
    public async Task Stopped_by_ctrl_c_it_ends_with_130_and_the_next_run_goes_on()
    {
        await using var deployment = await LegacyDeployment.CreateAsync(host);
        await HostCommand.RunAsync(deployment.Settings, "generate-images", "--rows", "60", "--broken", "0");
        await using var run = new HostCommand(deployment.Settings, "migrate-images", "--rate", "2", "--workers", "1");
        await deployment.WaitUntilMovedAsync(3, run);

        await run.InterruptAsync();

        var (exitCode, text, _) = await run.WaitAsync();
        Assert.Equal(130, exitCode);
        Assert.InRange(Number(text, "remaining"), 1, 57);
        Assert.Equal(60, Number(text, "moved") + Number(text, "remaining"));
        // At once: what was claimed was given back.
        var next = await HostCommand.RunAsync(deployment.Settings, "migrate-images");
        Assert.Equal((0, 60), (next.ExitCode, Number(next.Output, "moved") + Number(next.Output, "already moved")));
    }

    [Fact]
    public async Task Dry_run_quarantine_purge_and_reverse_are_commands_with_exit_codes()
    {
        await using var deployment = await LegacyDeployment.CreateAsync(host);
        await HostCommand.RunAsync(deployment.Settings, "generate-images", "--rows", "30", "--broken", "40");
        var dry = await HostCommand.RunAsync(deployment.Settings, "migrate-images", "--dry-run");
        var run = await HostCommand.RunAsync(deployment.Settings, "migrate-images");
        var list = await HostCommand.RunAsync(deployment.Settings, "migrate-images", "--list-quarantined");
        var purge = await HostCommand.RunAsync(deployment.Settings, "migrate-images", "--purge");
        var reverse = await HostCommand.RunAsync(deployment.Settings, "migrate-images", "--reverse");

        var (good, bad) = (Number(run.Output, "moved"), Number(run.Output, "set aside"));
        Assert.Equal((2, 2, 2, 0, 0), (dry.ExitCode, run.ExitCode, list.ExitCode, purge.ExitCode, reverse.ExitCode));
        Assert.Equal((good, bad, 30), (Number(dry.Output, "would move"), Number(dry.Output, "set aside"), good + bad));
        Assert.Equal(bad, list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"purged: {good}", purge.Output, StringComparison.Ordinal);
        Assert.Contains($"returned: {good}", reverse.Output, StringComparison.Ordinal);
        await using var instance = new HostInstance(deployment.Settings);
        Assert.Empty(await KeysAsync(instance.Services));
        Assert.Equal(30, await instance.Services.GetRequiredService<AppDatabase>().FindAsync<long>(
            "SELECT count(*) FROM documents WHERE object_key IS NULL AND content_base64 IS NOT NULL", new { }, default));
    }

    [Theory]
    [InlineData("There is no command 'migrate'", "migrate")]
    [InlineData("There is no option '--fast'", "migrate-images", "--fast")]
    [InlineData("takes a whole number from 1", "migrate-images", "--workers", "none")]
    [InlineData("takes a whole number from 1", "migrate-images", "--workers")]
    [InlineData("takes no value", "migrate-images", "--purge=yes")]
    [InlineData("At most one of", "migrate-images", "--purge", "--reverse")]
    public async Task Wrong_arguments_are_told_and_nothing_is_done(string expected, params string[] arguments)
    {
        await using var deployment = await LegacyDeployment.CreateAsync(host);

        var (exitCode, text, errors) = await HostCommand.RunAsync(deployment.Settings, arguments);

        Assert.Equal((1, ""), (exitCode, text));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Equal(0, await deployment.MovedAsync());
    }

    [Fact]
    public async Task The_job_moves_everything_beside_the_requests()
    {
        await using var deployment = await LegacyDeployment.CreateAsync(host);
        await HostCommand.RunAsync(deployment.Settings, "generate-images", "--rows", "20", "--broken", "0");
        deployment.Settings["Migration:Images:Enabled"] = "true";
        deployment.Settings["Migration:Images:RowsPerSecond"] = "1000";
        await using var instance = new HostInstance(deployment.Settings);

        await deployment.WaitUntilMovedAsync(20);

        Assert.Equal(20, (await KeysAsync(instance.Services)).Count);
    }

    private static async Task AssertNothingLostOrDoubledAsync(IServiceProvider services, long moved, long broken)
    {
        var (database, objects) = (services.GetRequiredService<AppDatabase>(), services.GetRequiredService<IObjectStore>());
        // What a killed process had begun is given up after an hour.
        await database.ExecuteAsync("UPDATE stored_objects SET due_at = @past WHERE state = 'pending'", new { past = DateTimeOffset.UnixEpoch }, default);
        await services.GetRequiredService<ObjectLedger>().SweepAsync(default);

        var documents = await database.QueryAsync<LegacyRow>("SELECT object_key, content_base64, sha256, size FROM documents ORDER BY id", new { }, default);
        Assert.Equal((Rows, moved), (documents.Count, documents.Count(row => row.ObjectKey is not null)));
        Assert.Equal(broken, documents.Count(row => row.ObjectKey is null));
        foreach (var row in documents.Where(row => row.ObjectKey is not null))
        {
            var bytes = Convert.FromBase64String(row.ContentBase64[(row.ContentBase64.IndexOf(',', StringComparison.Ordinal) + 1)..]);
            await using var content = await objects.GetAsync(row.ObjectKey!);
            var stored = new MemoryStream();
            await content!.Stream.CopyToAsync(stored);
            Assert.Equal(bytes, stored.ToArray());
            Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), (row.Sha256, row.Size));
        }

        var keys = documents.Select(row => row.ObjectKey).OfType<string>().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(keys, (await KeysAsync(services)).Order(StringComparer.Ordinal));
        Assert.Equal(keys, (await database.QueryAsync<string>("SELECT object_key FROM stored_objects WHERE state = 'stored' AND refs = 1", new { }, default)).Order(StringComparer.Ordinal));
        Assert.Equal(0, await database.FindAsync<long>("SELECT count(*) FROM stored_objects WHERE state <> 'stored' AND removed_at IS NULL", new { }, default));
    }

    private static async Task<List<string>> KeysAsync(IServiceProvider services)
    {
        var keys = new List<string>();
        await foreach (var item in services.GetRequiredService<IObjectStore>().ListAsync("documents/"))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    private static long Number(string text, string label) =>
        long.Parse(Regex.Match(text, $@"(?m)(?:^\s*|\s){Regex.Escape(label)}\s+(\d+)").Groups[1].Value, null);

    private sealed record LegacyRow
    {
        public string? ObjectKey { get; init; }

        public string ContentBase64 { get; init; } = "";

        public string Sha256 { get; init; } = "";

        public long Size { get; init; }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host, ITestOutputHelper output) : MigrateImagesTests(host, output);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host, ITestOutputHelper output) : MigrateImagesTests(host, output);
}
