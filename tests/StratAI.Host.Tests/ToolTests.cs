using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>Tools that the model calls: what they answer and to whom, what is told of them, and what holds them in bounds.</summary>
public abstract class ToolTests(HostFixture host) : IAsyncLifetime
{
    // A call, and what of it the model is told.
    private static readonly (string Call, string Code, string Detail)[] Wrong =
    [
        ("""list_tasks {"owner":"ben"}""", "invalid-arguments", "$.owner"),
        ("""list_tasks {"priority":"high"}""", "invalid-arguments", "$.priority"),
        ("""list_tasks {"status":["late"]}""", "validation-failed", "status"),
        ("""search_documents {}""", "validation-failed", "query"),
        ("""search_documents {"query":null}""", "invalid-arguments", "$.query"),
        ("""create_task {"title":""}""", "validation-failed", "title"),
        ("""create_task {"title":"x","priority":9}""", "validation-failed", "priority"),
        ("""calendar_events {"from":"2026-12-02T00:00:00Z","to":"2026-12-01T00:00:00Z"}""", "validation-failed", "to"),
        ("""list_meetings {"from":"tomorrow"}""", "invalid-arguments", "$.from"),
        ("list_tasks ]", "invalid-arguments", "not JSON"),
    ];

    private readonly CallingModel _model = new();
    private HostInstance _instance = null!;
    private ApiClient _user = null!;

    public async Task InitializeAsync()
    {
        _instance = new(host.SettingsApart(("Limits:Policies:tokens:Overrides:poor:PermitLimit", "4000")), _model.Use);
        _user = await _instance.SignInAsync($"ada-{Guid.NewGuid():N}");
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task A_tool_is_called_between_the_question_and_its_answer()
    {
        await _user.CreateAsync("/api/tasks", new { title = "Water the plants", dueDate = "2026-12-24" });
        var chat = await _user.ChatAsync(new { message = """list_tasks {"status":["todo"]}""" });

        Assert.Equal(["start", "delta", "tool", "tool", "delta", "usage", "done"], chat.Events.Select(item => item.Type));
        Assert.Equal(["list_tasks started", "list_tasks completed"], chat.ToolEvents());
        Assert.Equal($"Let me see.\n\n{CallingModel.Answer}", chat.Text);
        var usage = chat.Events.Single(item => item.Type == "usage").Data;
        Assert.Equal((200, 20), (usage["inputTokens"]!.GetValue<int>(), usage["outputTokens"]!.GetValue<int>()));

        var messages = await _user.MessagesAsync(chat);
        Assert.Equal(["user", "tool", "assistant"], messages.Select(message => message.Text("role")));
        Assert.Equal(["complete", "complete", "complete"], messages.Select(message => message.Text("status")));
        var stored = JsonNode.Parse(messages[1].Text("content"))!;
        Assert.Equal(("list_tasks", """{"status":["todo"]}"""), (stored.Text("name"), stored["arguments"]!.ToJsonString()));
        Assert.Equal("Water the plants", stored["result"]!["data"]![0]!.Text("title"));
        Assert.Equal(200, messages[2]["usage"]!["inputTokens"]!.GetValue<int>());
        Assert.Equal(3, (await _user.GetAsync($"/api/conversations/{chat.ConversationId}")).Body!["messageCount"]!.GetValue<int>());

        // The model has read what is stored, and reads it no more in later questions.
        var told = Assert.Single(_model.Prompts[^1].SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Equal(stored["result"]!.ToJsonString(), JsonNode.Parse((string)told.Result!)!.ToJsonString());
        await _user.ChatAsync(new { conversationId = chat.ConversationId, message = """list_meetings {}""" });
        Assert.Equal(["system", "user", "assistant", "user"], _model.Prompts[^2].Select(message => message.Role.Value));
    }

    [Fact]
    public async Task Tools_answer_what_their_user_may_see_and_no_more()
    {
        var (ben, account) = (await _instance.SignInAsync($"ben-{Guid.NewGuid():N}"), host.Calendar.NewAccount());
        var space = await ben.CreateAsync("/api/spaces", new { name = "Household" });
        await ben.UploadAsync("garden.md", "# Garden\n\nTomatoes want water every day.\n"u8.ToArray(), null, ("spaceId", $"{space}"));
        await ben.UploadAsync("own.md", "Tomatoes are mine alone."u8.ToArray());
        await ben.CreateAsync("/api/tasks", new { title = "Ben's" });
        await ben.CreateAsync("/api/meetings", new { title = "Ben's", startsAt = "2036-12-01T10:00:00Z", endsAt = "2036-12-01T11:00:00Z" });
        await ben.PutAsync($"/api/spaces/{space}/members/{_user.User}", new { role = "viewer" });
        await _user.CreateAsync("/api/meetings", new { title = "Planting", startsAt = "2036-12-01T10:00:00Z", endsAt = "2036-12-01T11:00:00Z", attendees = new[] { "Eve" } });
        await _user.PutAsync("/api/integrations/calendar", account.Body());
        const string all =
            """
            search_documents {"query":"tomatoes water"} && search_documents {"query":"alone"} && list_tasks {} && list_meetings {}
            calendar_events {"from":"2026-12-01T00:00:00Z","to":"2026-12-02T00:00:00+01:00"} && create_task {"title":"Plant tomatoes","dueDate":"2036-03-01","priority":2}
            list_tasks {"dueAfter":"2036-01-01"}
            """;

        var chat = await _user.ChatAsync(new { message = all });
        var results = await _user.ToolResultsAsync(chat);
        Assert.Equal(("garden.md", "Tomatoes want water every day."), (Only(results[0]).Text("filename"), Only(results[0])["passages"]![0]!.GetValue<string>()));
        Assert.Empty(results[1]["data"]!.AsArray());
        Assert.Empty(results[2]["data"]!.AsArray());
        Assert.Equal("Planting", Only(results[3]).Text("title"));
        Assert.Equal(["a", "b"], results[4]["data"]!.AsArray().Select(item => item!.Text("id")));
        Assert.Equal(("Plant tomatoes", "2036-03-01"), (results[5].Text("title"), results[5].Text("dueDate")));
        Assert.Equal(results[5].Text("id"), Only(results[6]).Text("id"));
        Assert.Equal(7, chat.ToolEvents().Count(item => item.EndsWith(" completed", StringComparison.Ordinal)));

        // Without an integration the tool fails, and the answer does not.
        var without = await ben.ChatAsync(new { message = """calendar_events {"from":"2026-12-01T00:00:00Z","to":"2026-12-02T00:00:00Z"}""" });
        Assert.Equal(["calendar_events started", "calendar_events failed"], without.ToolEvents());
        Assert.Equal("complete", without.Events[^1].Data.Text("status"));
    }

    [Fact]
    public async Task A_wrong_argument_is_told_to_the_model()
    {
        foreach (var (call, code, detail) in Wrong)
        {
            var chat = await _user.ChatAsync(new { message = call });
            var result = Assert.Single(await _user.ToolResultsAsync(chat));
            Assert.True(code == result.Text("error") && result.ToJsonString().Contains(detail, StringComparison.Ordinal), $"{call}: {result}");
            Assert.EndsWith("failed", chat.ToolEvents().Last(), StringComparison.Ordinal);
            Assert.Equal(("done", "complete"), (chat.Events[^1].Type, chat.Events[^1].Data.Text("status")));
            Assert.Equal("failed", (await _user.MessagesAsync(chat))[1].Text("status"));
        }

        Assert.Equal(0, (await _user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_tool_that_there_is_not_is_told_to_the_model()
    {
        var chat = await _user.ChatAsync(new { message = "delete_everything {}" });
        Assert.Empty(chat.ToolEvents());
        Assert.Equal("complete", chat.Events[^1].Data.Text("status"));
        Assert.Contains("not found", _model.Prompts[^1].SelectMany(message => message.Contents).OfType<FunctionResultContent>().Single().Result!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_repeated_makes_one_task()
    {
        var space = await _user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await _user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var chat = await _user.ChatAsync(new { areaId = area, message = """
            1:create_task {"title":"Water"} && 1:create_task {"title":"Water"} && 1:create_task {"title":"Weed"}
            1:create_task {"title":"Water"} && 2:create_task {"title":"Water"}
            """ });

        Assert.Equal(10, chat.ToolEvents().Count());
        var tasks = (await _user.GetAsync("/api/tasks?sort=title")).Body!["data"]!.AsArray();
        Assert.Equal(["Water", "Water", "Weed"], tasks.Select(task => task!.Text("title")));
        Assert.All(tasks, task => Assert.Equal($"{area}", task!.Text("areaId")));
        Assert.All(tasks, task => Assert.Equal(7, task!["id"]!.GetValue<Guid>().Version));
        var results = await _user.ToolResultsAsync(chat);
        Assert.Equal(3, results.Select(result => result.Text("id")).Distinct().Count());

        // The next answer's calls are others.
        await _user.ChatAsync(new { conversationId = chat.ConversationId, message = """1:create_task {"title":"Water"}""" });
        Assert.Equal(4, (await _user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_answer_ends_however_often_the_model_would_call()
    {
        _model.IsInsatiable = true;
        var many = string.Join(" && ", Enumerable.Repeat("list_tasks {}", 10));
        var chat = await _user.ChatAsync(new { message = many });

        Assert.Equal(("done", "complete"), (chat.Events[^1].Type, chat.Events[^1].Data.Text("status")));
        Assert.EndsWith(CallingModel.Answer, chat.Text, StringComparison.Ordinal);
        Assert.Equal(AnswerTools.MaximumCalls * 2, chat.ToolEvents().Count());
        Assert.Equal(AnswerTools.MaximumCalls + 2, (await _user.MessagesAsync(chat)).Count);
        Assert.Equal(9, _model.Prompts.Count);
        Assert.Contains("too-many-calls", $"{_model.Prompts[^1].SelectMany(message => message.Contents).OfType<FunctionResultContent>().Last().Result}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_call_of_the_model_is_charged()
    {
        var before = await _instance.TokensLeftAsync(_user.User);
        await _user.ChatAsync(new { message = "list_tasks {}\nlist_meetings {}" });
        Assert.Equal(before - 330, await _instance.TokensLeftAsync(_user.User));
    }

    [Fact]
    public async Task An_answer_whose_tokens_are_used_up_between_two_calls_keeps_what_there_is()
    {
        var poor = await _instance.SignInAsync("poor");
        _model.InputTokens = 3_000;
        var chat = await poor.ChatAsync(new { message = """create_task {"title":"Once"}""" });

        Assert.Equal(["start", "delta", "tool", "tool", "usage", "error"], chat.Events.Select(item => item.Type));
        Assert.Equal("quota-exceeded", chat.Events[^1].Data.Text("code"));
        Assert.Equal(3_000, chat.Events[^2].Data["inputTokens"]!.GetValue<int>());
        var messages = await poor.MessagesAsync(chat);
        Assert.Equal(["complete", "complete", "stopped"], messages.Select(message => message.Text("status")));
        Assert.Equal(4_000 - 3_010, await _instance.TokensLeftAsync("poor"));
    }

    [Fact]
    public async Task The_model_is_told_of_each_tool_and_its_arguments()
    {
        var tools = _instance.Services.GetServices<ChatTool>().Select(tool => new { tool.Name, tool.Description, Schema = JsonNode.Parse(tool.Schema.GetRawText()) });
        await Verifier.Verify(tools);
    }

    [Fact]
    public async Task Long_results_are_cut_between_two_of_their_items()
    {
        for (var batch = 0; batch < 2; batch++)
        {
            var tasks = Enumerable.Range(0, 30).Select(n => new { title = $"Task {n} {new string('t', 150)}", notes = new string('n', 2_000) });
            Assert.Equal(201, (await _user.PostAsync("/api/tasks/batch", new { tasks })).Status);
        }

        var result = Assert.Single(await _user.ToolResultsAsync(await _user.ChatAsync(new { message = "list_tasks {}" })));
        Assert.True(result["hasMore"]!.GetValue<bool>());
        Assert.InRange(Encoding.UTF8.GetByteCount(result.ToJsonString()), 10_000, 17_000);
    }

    private static JsonNode Only(JsonNode list) => Assert.Single(list["data"]!.AsArray())!;

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ToolTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ToolTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ToolTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ToolTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ToolTests(host);
}
