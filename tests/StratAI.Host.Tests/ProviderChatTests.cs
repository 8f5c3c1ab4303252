using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Host.Tests.Providers;

namespace StratAI.Host.Tests;

/// <summary>Chat with a model that is somewhere else: what clients see of its answers and failures, what is kept, and what is charged.</summary>
public abstract class ProviderChatTests(HostFixture host) : IAsyncLifetime
{
    private const long Budget = 200_000;
    private const string Question = "a secret question";

    private readonly LogRecorder _log = new();
    private int _users;

    public Task InitializeAsync() => TokenCount.Ready;

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(typeof(AnthropicServer))]
    [InlineData(typeof(OpenAIServer))]
    public async Task An_answer_streams_is_charged_and_remembered(Type protocol)
    {
        await using var server = Server(protocol);
        await using var instance = Instance(server);
        var user = await NewUserAsync(instance);
        var area = (await user.PostAsync("/api/spaces", new { name = "Home" })).Body!["id"]!.GetValue<Guid>();
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Delta("Grüße, ") + server.Delta("du 😀") + server.Ending(), chunk: 5);

        var answer = await user.ChatAsync(new { spaceId = area, message = Question });

        Assert.Equal(["start", "delta", "delta", "usage", "done"], answer.Events.Select(item => item.Type));
        Assert.Equal(("Grüße, du 😀", ModelServer.Model), (answer.Text, answer.Events[0].Data["model"]!.GetValue<string>()));
        Assert.Equal("""{"inputTokens":1125,"outputTokens":15,"cachedInputTokens":1000,"estimated":false}""", answer.Events[3].Data.ToJsonString());
        Assert.Equal(Budget - 1140, await instance.TokensLeftAsync(user.User));

        await user.ChatAsync(new { conversationId = answer.ConversationId, message = "Again?" });
        var again = server.Requests.Last().Body["messages"]!.AsArray().Select(message => Words(message!["content"]!));
        Assert.Equal([Question, "Grüße, du 😀", "Again?"], again.TakeLast(3));
    }

    [Fact]
    public async Task A_stopped_answer_closes_its_connection_and_is_charged_what_came()
    {
        await using var server = new AnthropicServer();
        await using var instance = Instance(server);
        var gone = new TaskCompletionSource();
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning + server.Delta("one two three four"));
            await reply.HoldAsync();
            gone.SetResult();
        };
        var user = await NewUserAsync(instance);
        await using var chat = await OpenChat.AskAsync(user, Question);
        await chat.NextAsync("delta");

        await user.PostAsync($"/api/chat/{chat.AnswerId}/stop", new { });
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var usage = await chat.NextAsync("usage");
        Assert.Equal("""{"inputTokens":1125,"outputTokens":4,"cachedInputTokens":1000,"estimated":true}""", usage.ToJsonString());
        Assert.Equal("stopped", (await chat.NextAsync("done"))["status"]!.GetValue<string>());
        Assert.Equal(("stopped", "one two three four"), await KeptAsync(user, chat.ConversationId));
        Assert.Equal(Budget - 1129, await instance.TokensLeftAsync(user.User));
    }

    [Theory]
    [InlineData(typeof(AnthropicServer))]
    [InlineData(typeof(OpenAIServer))]
    public async Task Every_failure_is_told_by_its_name_and_what_came_is_kept(Type protocol)
    {
        await using var server = Server(protocol);
        await using var patient = Instance(server);
        await using var hasty = Instance(server, ("SilenceTimeout", "00:00:01"));

        var instance = patient;
        await FailsAsync(reply => reply.FailAsync(401, "authentication_error"), 502, "model-rejected");
        await FailsAsync(reply => reply.FailAsync(400, "invalid_request_error"), 502, "model-rejected");
        await FailsAsync(reply => reply.FailAsync(429, "rate_limit_error", "120"), 503, "model-overloaded", retryAfter: 120);
        await FailsAsync(reply => reply.FailAsync(529, "overloaded_error", "90"), 503, "model-overloaded", retryAfter: 90);
        await FailsAsync(reply => reply.FailAsync(500, "api_error", "90"), 503, "model-unavailable", retryAfter: 90);
        await FailsAsync(reply => reply.SendAsync(server.Beginning + server.Failure("invalid_request_error")), 502, "model-rejected");
        await FailsAsync(reply => reply.SendAsync(server.Beginning + server.Delta("Half") + server.Failure("overloaded_error")), 503, "model-overloaded", "Half");
        await FailsAsync(reply => reply.SendAsync(server.Beginning + server.Delta("Half") + "event: content_block_delta\ndata: {\"ty\n\n"), 502, "model-broken-off", "Half");
        await FailsAsync(reply => reply.SendAsync(server.Beginning + server.Delta("Half")), 502, "model-broken-off", "Half");
        await FailsAsync(reply => reply.SendAsync(server.Beginning + server.Delta("No.") + server.Ending(server is AnthropicServer ? "refusal" : "content_filter")), 422, "model-refused", "No.");
        instance = hasty;
        await FailsAsync(
            async reply =>
            {
                await reply.SendAsync(server.Beginning + server.Delta("Half"));
                await reply.HoldAsync();
            },
            504, "model-timeout", "Half");

        Assert.DoesNotContain(_log.Lines, line => line.Contains(Question, StringComparison.Ordinal) || line.Contains(ModelServer.Key, StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("answered 401 (authentication_error), request req_1", StringComparison.Ordinal));

        async Task FailsAsync(Func<ModelReply, Task> how, int status, string code, string text = "", int? retryAfter = null)
        {
            server.Answer = how;
            var user = await NewUserAsync(instance);
            var answer = await user.ChatAsync(new { message = Question });

            var (usage, error) = (answer.Events[^2].Data, answer.Events[^1].Data);
            Assert.Equal(("error", code, status), (answer.Events[^1].Type, error["code"]!.GetValue<string>(), error["status"]!.GetValue<int>()));
            Assert.Equal((text, retryAfter), (answer.Text, error["retryAfter"]?.GetValue<int>()));
            Assert.Equal(("failed", text), await KeptAsync(user, answer.ConversationId));
            var used = usage["inputTokens"]!.GetValue<long>() + usage["outputTokens"]!.GetValue<long>();
            Assert.Equal(text.Length > 0, used > 0);
            Assert.Equal(Budget - used, await instance.TokensLeftAsync(user.User));
        }
    }

    private static ModelServer Server(Type protocol) => (ModelServer)Activator.CreateInstance(protocol)!;

    private HostInstance Instance(ModelServer server, params (string Name, string Value)[] settings) => new(
        host.SettingsApart([.. server.Settings.Select(setting => (setting.Key, setting.Value)), .. settings.Select(setting => ($"{server.Section}:{setting.Name}", setting.Value))]),
        builder => builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(_log)));

    private Task<ApiClient> NewUserAsync(HostInstance instance) => instance.SignInAsync($"asker-{Interlocked.Increment(ref _users)}");

    private static async Task<(string Status, string Text)> KeptAsync(ApiClient user, Guid conversation)
    {
        var message = (await user.GetAsync($"/api/conversations/{conversation}/messages")).Body!["data"]![1]!;
        return (message["status"]!.GetValue<string>(), message["content"]!.GetValue<string>());
    }

    private static string Words(JsonNode content) => content is JsonArray blocks ? string.Concat(blocks.Select(block => block!["text"]!.GetValue<string>())) : content.GetValue<string>();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ProviderChatTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ProviderChatTests(host);
}
