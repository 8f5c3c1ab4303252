using System.Text;
using Npgsql;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>What a prompt is made of comes from the cache, and is what its user has last made of it.</summary>
[Collection(DistributedShape.Name)]
public sealed class ContextCacheTests(DistributedHost host)
{
    private const string Question = "What do tomatoes want?";

    [Fact]
    public async Task On_a_warm_cache_a_chat_asks_the_database_nothing_for_its_context()
    {
        var world = await World.CreateAsync(host);
        await AskAsync(world);
        await AskAsync(world);
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        await using var create = source.CreateCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await create.ExecuteNonQueryAsync();

        var before = await ContextQueriesAsync(source);
        await AskAsync(world);
        Assert.Equal(before, await ContextQueriesAsync(source));

        await world.Owner.PatchAsync("/api/preferences", new { locale = "de" });
        before = await ContextQueriesAsync(source);
        await AskAsync(world);
        Assert.Equal(before + 1, await ContextQueriesAsync(source));
    }

    [Fact]
    public async Task What_a_user_changes_on_one_instance_their_next_chat_on_another_knows()
    {
        var world = await World.CreateAsync(host);
        var elsewhere = await host.Other.SignInAsync(world.Owner.User);
        for (var round = 0; round < 5; round++)
        {
            var text = $"Tomatoes want {round} litres of water.";
            var document = (await world.Owner.UploadAsync($"round{round}.md", Encoding.UTF8.GetBytes(text), "text/markdown", ("areaId", $"{world.Area}"))).Id;
            Assert.Contains($"{round} litres", (await elsewhere.ChatAsync(new { areaId = world.Area, message = Question })).Text, StringComparison.Ordinal);

            await world.Owner.DeleteAsync($"/api/documents/{document}");
            Assert.DoesNotContain($"{round} litres", (await elsewhere.ChatAsync(new { areaId = world.Area, message = Question })).Text, StringComparison.Ordinal);
        }
    }

    private static Task<ChatAnswer> AskAsync(World world) => world.Owner.ChatAsync(new { areaId = world.Area, message = Question });

    /// <summary>Reads of anything but the conversation, since the server counts.</summary>
    private static async Task<long> ContextQueriesAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND query ~ '\m(documents|areas|area_shares|spaces|space_members|preferences)\M' AND query ~ '^\s*(SELECT|WITH)' AND query !~ 'FOR UPDATE'
            """);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
