using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class PreferencesTests(HostFixture host)
{
    private const string Path = "/api/preferences";

    [Fact]
    public async Task Preferences_start_with_defaults_and_keep_what_is_patched()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var defaults = await user.GetAsync(Path);
        await Verifier.Verify(new
        {
            defaults = scrubber.Show(defaults),
            changed = scrubber.Show(await user.PatchAsync(Path, new { theme = "dark", settings = new { a = 1, bb = new { c = true, dd = 1.50 } } })),
            read = scrubber.Show(await user.GetAsync(Path)),
            merged = scrubber.Show(await user.PatchAsync(Path, new { settings = new { a = (int?)null, bb = new { c = false } } })),
            stale = scrubber.Show(await user.PatchAsync(Path, new { theme = "light" }, ("If-Match", defaults.ETag))),
            notModified = (await user.GetAsync(Path, ("If-None-Match", (await user.GetAsync(Path)).ETag))).Status,
        });
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            everything = scrubber.Show(await user.PatchAsync(Path, new { theme = "blue", locale = "?", timeZone = "Mars/Olympus", defaultModel = "" })),
            nulls = scrubber.Show(await user.PatchAsync(Path, new { theme = (string?)null })),
            large = scrubber.Show(await user.PatchAsync(Path, new { settings = new { text = new string('x', 17_000) } })),
            nullCharacter = scrubber.Show(await user.PatchAsync(Path, new { settings = new { text = "a\0b" } })),
            notAnObject = scrubber.Show(await user.PatchAsync(Path, new { settings = "text" })),
            unknown = scrubber.Show(await user.PatchAsync(Path, new { colour = "red" })),
        });
    }

    [Fact]
    public async Task Settings_are_the_clients_own_and_keep_names_that_differ_in_case()
    {
        var user = await host.NewUserAsync();
        const string Settings = """{"a":1,"A":{"b":1,"B":2}}""";
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await user.SendRawAsync(HttpMethod.Patch, Path, $$"""{"settings":{{Settings}}}""");
            Assert.True(answer.Status == 200, answer.Text);
        }

        // PostgreSQL keeps them in an order of its own.
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Settings), (await user.GetAsync(Path)).Body!["settings"]));

        var twice = await user.SendRawAsync(HttpMethod.Patch, Path, """{"theme":"dark","theme":"light"}""");
        Assert.Equal((400, "malformed-json", "The body names a property twice."), (twice.Status, twice.Code, twice.Body!["detail"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_change_is_seen_by_the_next_read_on_either_instance()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        foreach (var theme in new[] { "dark", "light", "dark", "system" })
        {
            await user.GetAsync(Path);
            await elsewhere.GetAsync(Path);
            await user.PatchAsync(Path, new { theme });
            Assert.Equal(theme, (await user.GetAsync(Path)).Body!["theme"]!.GetValue<string>());
            Assert.Equal(theme, (await elsewhere.GetAsync(Path)).Body!["theme"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Changes_of_different_fields_at_once_are_all_kept()
    {
        var user = await host.NewUserAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => user.PatchAsync(Path, new { settings = new Dictionary<string, int> { [$"key{i}"] = i } })));
        Assert.Equal(8, (await user.GetAsync(Path)).Body!["settings"]!.AsObject().Count);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : PreferencesTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : PreferencesTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : PreferencesTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : PreferencesTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : PreferencesTests(host);
}
