using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class GameTests(HostFixture host)
{
    private const string Path = "/api/games/scores";

    [Fact]
    public async Task Scores_are_added_and_seen_by_everybody()
    {
        var scrubber = new Scrubber();
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var key = ("Idempotency-Key", "score-1");
        await Verifier.Verify(new
        {
            none = scrubber.Show(await user.GetAsync($"{Path}?game=Snake %26 co")),
            first = scrubber.Show(await user.PostAsync(Path, new { game = "Snake & co", score = 10 }, key)),
            again = scrubber.Show(await user.PostAsync(Path, new { game = "Snake & co", score = 10 }, key)),
            tied = scrubber.Show(await other.PostAsync(Path, new { game = "Snake & co", score = 10 })),
            worse = scrubber.Show(await user.PostAsync(Path, new { game = "Snake & co", score = -9_007_199_254_740_991 })),
            list = scrubber.Show(await other.GetAsync($"{Path}?game=Snake %26 co")),
            otherCase = scrubber.Show(await other.GetAsync($"{Path}?game=snake %26 co")),
        });
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            noGame = scrubber.Show(await user.GetAsync(Path)),
            emptyGame = scrubber.Show(await user.GetAsync($"{Path}?game=")),
            longGame = scrubber.Show(await user.GetAsync($"{Path}?game={new string('x', 101)}")),
            nullCharacter = scrubber.Show(await user.GetAsync($"{Path}?game=a%00b")),
            badSort = scrubber.Show(await user.GetAsync($"{Path}?game=bounds&sort=player")),
            nothing = scrubber.Show(await user.PostAsync(Path, new { })),
            everything = scrubber.Show(await user.PostAsync(Path, new { game = new string('x', 101), score = 9_007_199_254_740_992 })),
            fraction = scrubber.Show(await user.PostAsync(Path, new { game = "bounds", score = 1.5 })),
            text = scrubber.Show(await user.PostAsync(Path, new { game = "bounds", score = "10" })),
            unknown = scrubber.Show(await user.PostAsync(Path, new { game = "bounds", score = 1, player = "Ada" })),
        });
        Assert.Equal(0, (await user.GetAsync($"{Path}?game=bounds")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_rank_is_the_place_in_the_whole_list_on_any_page()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var elsewhere = await host.Other.SignInAsync(other.User);
        int[] scores = [30, 10, 50, 30, 20, 30, 50, 10, 40];
        foreach (var (i, score) in scores.Index())
        {
            var added = await (i % 2 == 0 ? user : other).PostAsync(Path, new { game = "ranks", score });
            Assert.Equal(1 + scores[..i].Count(earlier => earlier > score), added.Body!["rank"]!.GetValue<int>());
            await user.PostAsync(Path, new { game = "another", score = 100 });
        }

        // Of equal scores the earlier is first, and they share the place.
        var expected = scores.Index().OrderByDescending(score => score.Item).ThenBy(score => score.Index)
            .Select(score => new Row(1 + scores.Count(other => other > score.Item), score.Index % 2 == 0 ? user.User : other.User, score.Item)).ToList();

        Assert.Equal(expected, Rows(await user.GetAsync($"{Path}?game=ranks")));
        Assert.Equal(expected[2..5], Rows(await user.GetAsync($"{Path}?game=ranks&offset=2&limit=3")));
        Assert.Equal(expected.AsEnumerable().Reverse(), Rows(await user.GetAsync($"{Path}?game=ranks&sort=score,-achievedAt")));
        Assert.Equal(expected.Where(row => row.Score == 50), Rows(await user.GetAsync($"{Path}?game=ranks&limit=2")));

        var (there, back) = (new List<Row>(), new List<Row>());
        var page = await user.GetAsync($"{Path}?game=ranks&limit=2");
        while (true)
        {
            there.AddRange(Rows(page));
            if (Cursor(page, "nextCursor") is not { } next)
            {
                break;
            }

            // The list is the same for everybody, and a cursor good for everybody.
            page = await elsewhere.GetAsync($"{Path}?game=ranks&limit=2&cursor={next}");
        }

        while (Cursor(page, "prevCursor") is { } previous)
        {
            page = await user.GetAsync($"{Path}?game=ranks&limit=2&cursor={previous}");
            back.InsertRange(0, Rows(page));
        }

        Assert.Equal(expected, there);
        Assert.Equal(expected[..8], back);
        Assert.Equal("cursor-mismatch", (await user.GetAsync($"{Path}?game=another&cursor={Cursor(page, "nextCursor")}")).Code);
    }

    [Fact]
    public async Task A_list_is_kept_on_the_server_for_all_users_until_a_score_is_added()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var elsewhere = await host.Other.SignInAsync(other.User);
        const string list = $"{Path}?game=kept&limit=5";
        await user.PostAsync(Path, new { game = "kept", score = 10 });
        var made = await user.GetAsync(list, ("X-Request-Id", "first"));

        // Behind the back of the API: nothing evicts the list.
        var database = host.Host.Services.GetRequiredService<AppDatabase>();
        await database.ExecuteAsync("UPDATE game_scores SET score = 99 WHERE game = @game", new { game = "kept" }, default);
        var here = await other.GetAsync(list, ("X-Request-Id", "second"));
        var there = await elsewhere.GetAsync(list, ("X-Request-Id", "third"));
        Assert.All(new[] { here, there }, kept => Assert.Equal((made.Text, made.Headers["Link"]), (kept.Text, kept.Headers["Link"])));
        Assert.Equal(99, Rows(await user.GetAsync($"{list}&offset=0"))[0].Score);

        await elsewhere.PostAsync(Path, new { game = "kept", score = 20 });
        Assert.Equal([99, 20], Rows(await elsewhere.GetAsync(list)).Select(row => row.Score));
        await Eventually.TrueAsync(async () => Rows(await user.GetAsync(list)).Count == 2);
    }

    [Fact]
    public async Task What_is_a_requests_own_is_not_kept_with_the_list()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var elsewhere = await host.Other.SignInAsync(other.User);
        const string list = $"{Path}?game=own";
        await user.GetAsync(list, ("X-Request-Id", "first"));
        var before = Remaining(await other.GetAsync("/api/me"));
        var kept = await other.GetAsync(list, ("X-Request-Id", "second"));
        var there = await elsewhere.GetAsync(list, ("X-Request-Id", "third"));

        Assert.Equal(("second", "third"), (kept.Headers["X-Request-Id"], there.Headers["X-Request-Id"]));
        Assert.Equal(host.IsDistributed, kept.Headers["X-Instance-Id"] != there.Headers["X-Instance-Id"]);
        Assert.Equal(before - 1, Remaining(kept));
        Assert.All(new[] { kept, there }, answer =>
        {
            Assert.Equal("private, max-age=10", answer.Headers["Cache-Control"]);
            Assert.False(answer.Headers.ContainsKey("Age"));
            Assert.True(answer.Headers.ContainsKey("Date"));
        });

        using var http = host.Host.Anonymous();
        Assert.Equal(401, (await new ApiClient(http, "nobody").GetAsync(list)).Status);

        // The links of a page repeat what the client asked with.
        Assert.Contains("mark=1", (await user.GetAsync($"{list}&mark=1")).Headers["Link"], StringComparison.Ordinal);
        Assert.DoesNotContain("mark=1", (await user.GetAsync(list)).Headers["Link"], StringComparison.Ordinal);
        await user.PostAsync(Path, new { game = "b,a", score = 1 });
        Assert.Single(Rows(await user.GetAsync($"{Path}?game=b&game=a")));
        Assert.Empty(Rows(await user.GetAsync($"{Path}?game=a&game=b")));

        static int Remaining(Answer answer) =>
            int.Parse(answer.Headers["RateLimit"].Split("\"user\";r=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed record Row(int Rank, string Player, int Score);

    private static List<Row> Rows(Answer page) =>
        [.. page.Body!["data"]!.AsArray().Select(row => new Row(row!["rank"]!.GetValue<int>(), row["player"]!.GetValue<string>(), row["score"]!.GetValue<int>()))];

    private static string? Cursor(Answer page, string name) => page.Body!["pagination"]![name]?.GetValue<string>();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : GameTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : GameTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : GameTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : GameTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : GameTests(host);
}
