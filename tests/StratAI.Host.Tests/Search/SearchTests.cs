using System.Text;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Search;

/// <summary>The rules of <c>q</c>, which are the same on both engines, and where it looks.</summary>
public abstract class SearchTests(HostFixture host)
{
    private static readonly string[] Titles =
    [
        "Crème Brûlée recipe", "notes_2026-final.txt", "ΟΔΟΣ Αθηνών", "Ёлка", "東京都庁の会議", "한국어 문서", "İstanbul", "5 m² and ½ cup", "a😀b rocket",
        "O'Reilly \"quoted\" book", "v1.2.3 release", "Straße", "x\u0302ylo", "Đà Nẵng",
    ];

    /// <summary>What is searched for, and the beginning of the one title that it finds; null where it finds none.</summary>
    private static readonly (string Q, string? Found)[] Rules =
    [
        // All words, in any order, anywhere.
        ("recipe crème", "Crème"), ("creme missing", null), ("notes final", "notes"),
        // Without case, and without the accents of Latin letters, however they are written.
        ("BRULEE", "Crème"), ("cre\u0300me", "Crème"), ("istanbul", "İstanbul"), ("nang", "Đà"), ("xylo", "x"), ("οδος", "ΟΔΟΣ"), ("ΑΘΗΝΏΝ", "ΟΔΟΣ"), ("ЁЛКА", "Ёлка"),
        // Accents of other scripts make other letters, and so do strokes.
        ("αθηνων", null), ("елка", null), ("da", null), ("strasse", null),
        // The last word may be the beginning of one, no other.
        ("brul", "Crème"), ("cre brulee", null), ("stra", "Straße"), ("2026 fin", "notes"),
        // Whatever is no letter and no digit ends a word.
        ("notes_2026", "notes"), ("rocket b", "a"), ("v1.2", "v1"), ("reilly", "O'Reilly"), ("cup/5/and", "5"),
        // Scripts without spaces are found from the beginning of a run.
        ("東京", "東京"), ("会議", null), ("한국", "한국어"),
        // Nothing is an operator.
        ("\"quoted\"", "O'Reilly"), ("\" OR *", null), ("recipe OR missing", null), ("-recipe", "Crème"), ("recipe & !creme | (", "Crème"), ("title:recipe", null),
        ("NEAR(creme recipe)", null), ("recipe:*", "Crème"), ("recipe\\", "Crème"), ("'; DROP TABLE tasks; --", null), ("recipe\0creme", "Crème"),
        // What holds no word is found nowhere.
        ("***", null), ("😀", null), ("\u0301", null), ("\uFFFD", null), ("()", null),
    ];

    [Fact]
    public async Task The_same_words_are_found_on_both_engines()
    {
        var user = await host.NewUserAsync();
        await user.PostAsync("/api/tasks/batch", new { tasks = Titles.Select(title => new { title }) });

        var wrong = new List<string>();
        foreach (var (q, expected) in Rules)
        {
            var answer = await FindAsync(user, "tasks", q);
            Assert.True(answer.Status == 200, $"{q}: {answer.Status} {answer.Text}");
            var found = answer.Body!["data"]!.AsArray().Select(task => task!["title"]!.GetValue<string>()).ToList();
            if (expected is null ? found.Count > 0 : found.Count != 1 || !found[0].StartsWith(expected, StringComparison.Ordinal))
            {
                wrong.Add($"{q}: {string.Join(" | ", found)}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Tasks_are_found_by_their_notes_as_they_are_now()
    {
        var user = await host.NewUserAsync();
        var task = await user.CreateAsync("/api/tasks", new { title = "Garden", notes = "Hydrangeas" });
        Assert.Equal([task], await IdsAsync(user, "tasks", "hydrangeas garden"));

        await user.PatchAsync($"/api/tasks/{task}", new { notes = "Tulips" });

        Assert.Empty(await IdsAsync(user, "tasks", "hydrangeas"));
        Assert.Equal([task], await IdsAsync(user, "tasks", "tulips"));
    }

    [Fact]
    public async Task Pages_are_found_by_the_text_of_their_current_version()
    {
        var user = await host.NewUserAsync();
        var (eve, place) = (await host.NewUserAsync("eve"), await user.CreateAsync("/api/spaces", new { name = "Household" }));
        var created = await user.PostAsync("/api/pages", new { title = "Beds", spaceId = place, content = Page("Hydr", "angeas", "bloom") });
        Assert.Equal([created.Id], await IdsAsync(user, "pages", "beds hydrangeas bloom"));
        // A mark in the middle of a word does not end it, a paragraph does.
        Assert.Empty(await IdsAsync(user, "pages", "angeas"));
        Assert.Empty(await IdsAsync(user, "pages", "paragraph"));
        Assert.Empty(await IdsAsync(eve, "pages", "beds"));

        var changed = await user.PatchAsync($"/api/pages/{created.Id}", new { content = Page("Tul", "ips", "wilt") }, ("If-Match", created.ETag));
        Assert.Equal(200, changed.Status);
        Assert.Empty(await IdsAsync(user, "pages", "hydrangeas"));
        Assert.Equal([created.Id], await IdsAsync(user, "pages", "tulips"));

        Assert.Equal(201, (await user.PostAsync($"/api/pages/{created.Id}/versions/1/restore", new { })).Status);
        Assert.Equal([created.Id], await IdsAsync(user, "pages", "hydrangeas"));

        await user.DeleteAsync($"/api/spaces/{place}");
        Assert.Empty(await IdsAsync(user, "pages", "beds"));
        var next = await user.CreateAsync("/api/pages", new { title = "Paths" });
        Assert.Empty(await IdsAsync(user, "pages", "beds"));
        Assert.Equal([next], await IdsAsync(user, "pages", "paths"));
    }

    [Fact]
    public async Task A_conversation_is_found_by_its_title_or_by_one_of_its_messages()
    {
        var user = await host.NewUserAsync();
        var titled = await user.CreateAsync("/api/conversations", new { title = "Hydrangeas" });
        var asked = (await user.ChatAsync(new { message = "Do hydrangeas want acid soil?" })).ConversationId;

        Assert.Equal(new[] { asked, titled }.Order(), (await IdsAsync(user, "conversations", "hydrangeas")).Order());
        Assert.Equal([asked], await IdsAsync(user, "conversations", "acid hydrang"));
        Assert.Empty(await IdsAsync(await host.NewUserAsync("eve"), "conversations", "hydrangeas"));
    }

    [Fact]
    public async Task A_long_text_is_uploaded_and_found_by_what_its_beginning_holds()
    {
        var user = await host.NewUserAsync();
        // 2 MB of which no two words are the same.
        var words = string.Join(' ', Enumerable.Range(0, 250_000).Select(i => $"w{i:x6}"));
        var uploaded = await user.UploadAsync("long.txt", Encoding.UTF8.GetBytes($"{new string('y', 100_000)} {words}"));

        Assert.Equal(201, uploaded.Status);
        Assert.Equal([uploaded.Id], await IdsAsync(user, "documents", "w000100 long txt"));
        Assert.Empty(await IdsAsync(user, "documents", $"w{50_000:x6}"));
    }

    [Theory]
    [InlineData("tasks")]
    [InlineData("documents")]
    [InlineData("conversations")]
    [InlineData("pages")]
    public async Task A_search_is_bounded_and_its_cursor_is_bound_to_it(string list)
    {
        var user = await host.NewUserAsync();
        var refused = await FindAsync(user, list, new string('x', 201));
        Assert.Equal((400, "validation-failed"), (refused.Status, refused.Code));
        Assert.Equal(200, (await FindAsync(user, list, string.Join(' ', Enumerable.Repeat("x", 100)))).Status);
        Assert.InRange((await FindAsync(user, list, new string('x', 10_000))).Status, 400, 414);
        if (list is "pages" or "tasks")
        {
            foreach (var title in new[] { "Same one", "Same two" })
            {
                await user.CreateAsync($"/api/{list}", new { title });
            }

            var cursor = Uri.EscapeDataString((await user.GetAsync($"/api/{list}?q=same&limit=1")).Body!["pagination"]!["nextCursor"]!.GetValue<string>());
            Assert.Equal(200, (await user.GetAsync($"/api/{list}?q=same&limit=1&cursor={cursor}")).Status);
            Assert.Equal("cursor-mismatch", (await user.GetAsync($"/api/{list}?q=one&limit=1&cursor={cursor}")).Code);
        }
    }

    private static Task<Answer> FindAsync(ApiClient user, string list, string q) => user.GetAsync($"/api/{list}?q={Uri.EscapeDataString(q)}");

    private static async Task<List<Guid>> IdsAsync(ApiClient user, string list, string q) =>
        [.. (await FindAsync(user, list, q)).Body!["data"]!.AsArray().Select(row => row!["id"]!.GetValue<Guid>())];

    private static JsonNode Page(string beginning, string end, string next) => JsonNode.Parse(
        $$"""
        {"type": "doc", "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "{{beginning}}", "marks": [{"type": "bold"}]}, {"type": "text", "text": "{{end}}"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "{{next}}"}, 5, {"type": "image", "content": "none"}]}]}
        """)!;

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : SearchTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : SearchTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : SearchTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : SearchTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : SearchTests(host);
}
