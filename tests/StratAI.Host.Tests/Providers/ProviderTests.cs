using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Providers;

/// <summary>What every provider owes chat, against a server that speaks its protocol.</summary>
public abstract class ProviderTests(ModelServer server) : IAsyncLifetime
{
    private readonly TestProvider _provider = new(server);

    public Task InitializeAsync() => TokenCount.Ready;

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Text_arrives_whole_however_it_is_cut(int chunk)
    {
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Delta("Grüße, ") + server.Delta("人 😀") + server.Ending(), chunk);

        var answer = await _provider.AskAsync();

        Assert.Null(answer.Failure);
        Assert.Equal("Grüße, 人 😀", answer.Text);
        var request = Assert.Single(server.Requests);
        Assert.Equal(($"Bearer {ModelServer.Key}", ModelServer.Model), (request.Authorization, request.Body["model"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Usage_is_what_the_provider_says_and_said_once()
    {
        var usage = Assert.Single((await _provider.AskAsync()).Usage);

        Assert.Equal((1125, 15, 1000), (usage.InputTokenCount, usage.OutputTokenCount, usage.CachedInputTokenCount));
        Assert.False(IsEstimated(usage));
    }

    [Fact]
    public async Task The_model_reads_what_each_document_is_called()
    {
        var document = new TextContent("Tomatoes want water.") { AdditionalProperties = new() { [LocalChatClient.DocumentProperty] = "garden.md" } };

        await new ModelAnswer().ReadAsync(_provider.Model.GetStreamingResponseAsync(
            [new(ChatRole.System, [new TextContent("Answer."), document]), new(ChatRole.User, "What do tomatoes want?")], _provider.Options));

        Assert.Contains("Document \\u0022garden.md\\u0022:\\nTomatoes want water.", Assert.Single(server.Requests).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_pass_both_ways()
    {
        var tool = AIFunctionFactory.Create((string status) => status, "list_tasks", "Lists tasks.");
        server.Answer = reply => reply.SendAsync(reply.Number == 1
            ? server.Beginning + server.Delta("I look.") + server.ToolCall("call_1", "list_tasks", "{\"sta", "tus\":", "\"tödo\"}") + server.Ending(server is AnthropicServer ? "tool_use" : "tool_calls")
            : server.Whole("Nothing to do."), chunk: 3);
        _provider.Options.Tools = [tool];
        using var calling = new FunctionInvokingChatClient(_provider.Model);

        var answer = await new ModelAnswer().ReadAsync(calling.GetStreamingResponseAsync("What is to do?", _provider.Options));

        Assert.Null(answer.Failure);
        Assert.Equal("I look.Nothing to do.", answer.Text);
        Assert.Equal([15, 15], answer.Usage.Select(usage => usage.OutputTokenCount));
        Assert.Equal(2, server.Requests.Count);
        var second = System.Text.RegularExpressions.Regex.Unescape(server.Requests.Last().Body["messages"]!.ToJsonString());
        Assert.Contains("call_1", second, StringComparison.Ordinal);
        Assert.Contains("tödo", second, StringComparison.Ordinal);
        Assert.Contains("list_tasks", server.Requests.First().Body["tools"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_counted()
    {
        using var stop = new CancellationTokenSource();
        var gone = new TaskCompletionSource();
        server.Answer = async reply =>
        {
            await reply.SendAsync(server.Beginning + server.Delta("one two three four"));
            await reply.HoldAsync();
            gone.SetResult();
        };
        var answer = new ModelAnswer();
        var reading = answer.ReadAsync(_provider.Model.GetStreamingResponseAsync(TestProvider.Question, null, stop.Token));
        await Eventually.TrueAsync(() => Task.FromResult(answer.Seen == (server is AnthropicServer ? 4 : 2)));
        await stop.CancelAsync();
        await reading;

        // The provider stops working, and asking for money.
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.IsType<OperationCanceledException>(answer.Failure);
        var usage = Assert.Single(answer.Usage);
        Assert.True(IsEstimated(usage));
        Assert.Equal(4, usage.OutputTokenCount);
        // What the prompt had is said at the beginning of a message, and counted where it is not.
        Assert.Equal(server is AnthropicServer ? 1125 : 7, usage.InputTokenCount);
    }

    [Fact]
    public async Task An_answer_of_no_words_is_one()
    {
        server.Answer = reply => reply.SendAsync(server.Beginning + server.Ending());

        var answer = await _provider.AskAsync();

        Assert.Null(answer.Failure);
        Assert.Equal(("", 1), (answer.Text, answer.Usage.Count));
    }

    private static bool IsEstimated(UsageDetails usage) => usage.AdditionalCounts?.ContainsKey(LocalChatClient.EstimatedCount) == true;

    public sealed class OfAnthropic() : ProviderTests(new AnthropicServer());

    public sealed class OfOpenAI() : ProviderTests(new OpenAIServer())
    {
        [Fact]
        public async Task A_server_that_tells_no_usage_has_it_counted()
        {
            await using var server = new OpenAIServer { TellsUsage = false };
            server.Answer = reply => reply.SendAsync(server.Whole("one two three four"));
            await using var provider = new TestProvider(server);

            var usage = Assert.Single((await provider.AskAsync("five six")).Usage);

            Assert.True(IsEstimated(usage));
            Assert.Equal((13, 4), (usage.InputTokenCount, usage.OutputTokenCount));
        }

        [Fact]
        public async Task A_server_of_ones_own_needs_no_key()
        {
            await using var server = new OpenAIServer();
            await using var provider = new TestProvider(server, ("ApiKey", ""));

            Assert.Null((await provider.AskAsync()).Failure);

            Assert.Equal("", Assert.Single(server.Requests).Authorization);
        }
    }
}
