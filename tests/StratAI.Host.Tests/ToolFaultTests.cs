using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>Tools that fail in ways of their own.</summary>
[Collection(EmbeddedShape.Name)]
public sealed class ToolFaultTests(EmbeddedHost host)
{
    // A call that does not end is a failure, and no test that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _events = [];

    [Fact]
    public async Task A_tool_that_takes_too_long_is_given_up()
    {
        var (tool, answer) = Open(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return ToolResult.Of(0);
        });
        var call = answer.CallAsync(tool, "1", [], default);
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.Contains("timed-out", await call.WaitAsync(Patience), StringComparison.Ordinal);
        Assert.Equal(["started", "failed"], _events);
    }

    [Fact]
    public async Task A_tool_that_throws_is_told_to_the_model_without_a_word_of_why()
    {
        var (tool, answer) = Open(_ => throw new InvalidOperationException("secret"));
        var result = await answer.CallAsync(tool, "1", [], default);

        Assert.Equal("unavailable", JsonNode.Parse(result)!.Text("error"));
        Assert.DoesNotContain("secret", result, StringComparison.Ordinal);
        Assert.Equal(["started", "failed"], _events);
    }

    [Fact]
    public async Task An_answer_that_is_stopped_takes_its_tool_along()
    {
        using var stop = new CancellationTokenSource();
        var (tool, answer) = Open(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return ToolResult.Of(0);
        });
        var call = answer.CallAsync(tool, "1", [], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Patience));
        Assert.Equal(["started", "failed"], _events);
    }

    private (ChatTool Tool, AnswerTools Answer) Open(Func<CancellationToken, Task<ToolResult>> run)
    {
        var tool = new ScriptedTool(run);
        var turn = new ChatTurn(Guid.NewGuid(), default, Guid.NewGuid(), Guid.NewGuid(), "What is to do?", true);
        var messages = host.Host.Services.GetRequiredService<ToolMessages>();
        return (tool, new(turn, "ada", data => _events.Add(JsonNode.Parse(data.Data)!.Text("status")), messages, _time, NullLogger.Instance) { Tools = [tool] });
    }

    private sealed class ScriptedTool(Func<CancellationToken, Task<ToolResult>> run) : ChatTool
    {
        public override string Name => "scripted";

        public override string Description => "";

        public override JsonElement Schema => default;

        public override Task<ToolResult> RunAsync(ToolCall call, JsonObject arguments, CancellationToken cancellation) => run(cancellation);
    }
}
