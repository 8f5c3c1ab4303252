using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class ChatTests(HostFixture host)
{
    [Fact]
    public async Task An_answer_streams_and_quotes_the_documents_of_its_area()
    {
        var scrubber = new Scrubber();
        var (user, area) = await GardenerAsync();
        var chat = await user.ChatAsync(new { areaId = area, message = "What do tomatoes want?" });

        Assert.Contains("garden.md", chat.Text, StringComparison.Ordinal);
        Assert.Contains("Tomatoes want water every day.", chat.Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, chat.Events.Count).Select(id => $"{id}"), chat.Events.Select(item => item.Id));
        Assert.True(chat.Events.Count(item => item.Type == "delta") > 5, "It came in one piece.");
        await Verifier.Verify(new
        {
            headers = scrubber.Show(new Answer(200, chat.Headers, [])),
            events = chat.Events.Where(item => item.Type != "delta").Select(item => new { type = item.Type, data = scrubber.Show(item.Data) }),
            text = chat.Text,
            conversation = scrubber.Show(await user.GetAsync($"/api/conversations/{chat.ConversationId}")),
            messages = scrubber.Show(await user.GetAsync($"/api/conversations/{chat.ConversationId}/messages")),
        });
    }

    [Fact]
    public async Task The_areas_document_wins_over_the_spaces_of_the_same_name()
    {
        var (user, area) = await GardenerAsync();
        var space = (await user.GetAsync($"/api/areas/{area}")).Body!["spaceId"]!.GetValue<Guid>();
        await user.UploadAsync("garden.md", "Tomatoes want nothing at all."u8.ToArray(), null, ("spaceId", $"{space}"));
        await user.UploadAsync("roses.md", "Roses want pruning in March."u8.ToArray(), null, ("spaceId", $"{space}"));

        var tomatoes = await user.ChatAsync(new { areaId = area, message = "What do tomatoes want?" });
        Assert.Contains("water every day", tomatoes.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing at all", tomatoes.Text, StringComparison.Ordinal);
        Assert.Contains("pruning in March", (await user.ChatAsync(new { areaId = area, message = "When are roses pruned?" })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_matching_document_the_answer_says_so()
    {
        var (user, area) = await GardenerAsync();
        Assert.Contains("nothing", (await user.ChatAsync(new { areaId = area, message = "Quantum chromodynamics?" })).Text, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty((await user.ChatAsync(new { message = "Hello?" })).Text);
    }

    [Fact]
    public async Task A_named_document_is_drawn_on_and_another_users_is_refused()
    {
        var (user, eve) = (await host.NewUserAsync(), await host.NewUserAsync("eve"));
        var document = (await user.UploadAsync("pets.txt", "The cat is called Minka."u8.ToArray())).Id;

        Assert.Contains("Minka", (await user.ChatAsync(new { documentIds = new[] { document }, message = "What is the cat called?" })).Text, StringComparison.Ordinal);
        var refused = await eve.PostAsync("/api/chat", new { documentIds = new[] { document }, message = "What is the cat called?" });
        Assert.Equal((400, "validation-failed"), (refused.Status, refused.Code));
        Assert.Equal(0, (await eve.GetAsync("/api/conversations")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Bad_questions_are_refused_and_make_no_conversation()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            empty = scrubber.Show(await user.PostAsync("/api/chat", new { message = "" })),
            tooLong = scrubber.Show(await user.PostAsync("/api/chat", new { message = new string('x', 32_001) })),
            tooManyDocuments = scrubber.Show(await user.PostAsync("/api/chat", new { message = "x", documentIds = Enumerable.Repeat(Guid.NewGuid(), 21) })),
            unknownArea = scrubber.Show(await user.PostAsync("/api/chat", new { message = "x", areaId = Guid.Empty })),
            unknownSpace = scrubber.Show(await user.PostAsync("/api/chat", new { message = "x", spaceId = Guid.Empty })),
            unknownConversation = scrubber.Show(await user.PostAsync("/api/chat", new { message = "x", conversationId = Guid.Empty })),
        });
        Assert.Equal(0, (await user.GetAsync("/api/conversations")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_nothing_and_can_come_back()
    {
        var (user, area) = await GardenerAsync();
        Guid answer;
        Guid conversation;
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(new { areaId = area, message = "What do tomatoes want?" }) })
        using (var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            string? line;
            while ((line = await reader.ReadLineAsync())?.StartsWith("data: ", StringComparison.Ordinal) != true)
            {
                Assert.NotNull(line);
            }

            var start = JsonNode.Parse(line["data: ".Length..])!;
            (answer, conversation) = (start["messageId"]!.GetValue<Guid>(), start["conversationId"]!.GetValue<Guid>());
        }

        await Eventually.TrueAsync(async () => (await user.GetAsync($"/api/conversations/{conversation}")).Body!["activeMessageId"] is null);
        var messages = (await user.GetAsync($"/api/conversations/{conversation}/messages")).Body!["data"]!.AsArray();
        Assert.Equal("complete", messages[1]!["status"]!.GetValue<string>());

        using var resumed = await user.Http.SendAsync(Resume(answer, "2"), HttpCompletionOption.ResponseHeadersRead);
        var rest = await ChatAnswer.ReadAsync(resumed);
        Assert.Equal("3", rest.Events[0].Id);
        Assert.Equal("done", rest.Events[^1].Type);
        using var whole = await user.Http.SendAsync(Resume(answer, null), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(messages[1]!["content"]!.GetValue<string>(), (await ChatAnswer.ReadAsync(whole)).Text);
    }

    [Fact]
    public async Task An_answer_can_be_stopped_after_its_end_without_harm()
    {
        var (user, area) = await GardenerAsync();
        var chat = await user.ChatAsync(new { areaId = area, message = "What do tomatoes want?" });
        Assert.Equal(202, (await user.PostAsync($"/api/chat/{chat.AnswerId}/stop", new { })).Status);
        Assert.Equal("complete", (await user.GetAsync($"/api/conversations/{chat.ConversationId}/messages")).Body!["data"]![1]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Conversations_are_made_found_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var (user, area) = await GardenerAsync();
        var created = await user.PostAsync("/api/conversations", new { title = "Weather", areaId = area });
        var path = $"/api/conversations/{created.Id}";
        await user.ChatAsync(new { conversationId = created.Id, message = "Do tomatoes like hailstorms?" });
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            foundByTitle = Count(await user.GetAsync("/api/conversations?q=WEATHER")),
            foundByMessage = Count(await user.GetAsync("/api/conversations?q=hailstorms")),
            foundNot = Count(await user.GetAsync("/api/conversations?q=earthquake")),
            list = scrubber.Show(await user.GetAsync("/api/conversations?sort=-lastMessageAt")),
            renamed = scrubber.Show(await user.PatchAsync(path, new { title = "Climate" })),
            untitled = scrubber.Show(await user.PatchAsync(path, new { title = (string?)null, spaceId = (Guid?)null, areaId = (Guid?)null })),
            changedMeanwhile = scrubber.Show(await user.PatchAsync(path, new { title = "Lost" }, ("If-Match", created.ETag))),
            bad = scrubber.Show(await user.PatchAsync(path, new { title = "" })),
            movedNowhere = scrubber.Show(await user.PatchAsync(path, new { areaId = Guid.Empty })),
            deleted = scrubber.Show(await user.DeleteAsync(path)),
            gone = scrubber.Show(await user.GetAsync($"{path}/messages")),
        });
    }

    private static int Count(Answer list) => list.Body!["data"]!.AsArray().Count;

    private static HttpRequestMessage Resume(Guid answer, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/chat/{answer}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return request;
    }

    private async Task<(ApiClient User, Guid Area)> GardenerAsync()
    {
        var user = await host.NewUserAsync();
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await user.UploadAsync("garden.md", Encoding.UTF8.GetBytes("# Garden\n\nTomatoes want water every day.\n\nThe shed is locked.\n"), "text/markdown", ("areaId", $"{area}"));
        return (user, area);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ChatTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ChatTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ChatTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ChatTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ChatTests(host);
}
