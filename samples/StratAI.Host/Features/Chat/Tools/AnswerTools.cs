using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>The tools as one answer calls them: told in events, bounded in number, size and time, and kept as messages.</summary>
internal sealed partial class AnswerTools(
    ChatTurn turn, string userId, Action<(string Type, string Data)> tell, ToolMessages messages, TimeProvider time, ILogger logger)
{
    public const int MaximumCalls = 32;

    private const int MaximumArgumentCharacters = 8_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // Of the request that asked, so that tools see what its user has just changed on another instance.
    private readonly ExecutionContext? _request = ExecutionContext.Capture();
    private int _calls;

    public required IReadOnlyList<ChatTool> Tools { private get; init; }

    public IList<AITool> Functions => [.. Tools.Select(tool => new ToolFunction(tool, this))];

    /// <summary>One call from its first event to its last. Throws nothing but the cancellation of the answer.</summary>
    public async Task<string> CallAsync(ChatTool tool, string callId, JsonObject? arguments, CancellationToken cancellation)
    {
        if (++_calls > MaximumCalls)
        {
            return ToolResult.Failure("too-many-calls", $"An answer may call tools {MaximumCalls} times. Answer with what you have.").Json;
        }

        Tell(tool, "started");
        try
        {
            var text = arguments?.ToJsonString(ApiJson.Options) ?? "";
            var result = text.Length is > 0 and <= MaximumArgumentCharacters
                ? await RunAsync(tool, new(userId, turn.AnswerId, callId, turn.Place), arguments!, cancellation)
                : ToolResult.Failure("invalid-arguments", $"The arguments are not JSON, or longer than {MaximumArgumentCharacters} characters.");
            await StoreAsync(tool, text.Length <= MaximumArgumentCharacters ? arguments : null, result);
            Tell(tool, result.IsFailed ? "failed" : "completed", result.IsCached);
            return result.Json;
        }
        catch (OperationCanceledException)
        {
            Tell(tool, "failed");
            throw;
        }
    }

    private async Task<ToolResult> RunAsync(ChatTool tool, ToolCall call, JsonObject arguments, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await InRequest(() => tool.RunAsync(call, arguments, either.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            LogTimedOut(tool.Name);
            return ToolResult.Failure("timed-out", "The tool took too long. Whether it did what was asked is not known.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception, tool.Name);
            return ToolResult.Failure("unavailable", "The tool gives no answer now.");
        }
    }

    private Task<ToolResult> InRequest(Func<Task<ToolResult>> run)
    {
        if (_request is null)
        {
            return run();
        }

        var (running, trace) = (default(Task<ToolResult>), Activity.Current);
        ExecutionContext.Run(
            _request,
            _ =>
            {
                Activity.Current = trace;
                running = run();
            },
            null);
        return running!;
    }

    private async Task StoreAsync(ChatTool tool, JsonObject? arguments, ToolResult result)
    {
        try
        {
            await messages.AddAsync(turn, _calls, tool.Name, arguments, result);
        }
        catch (Exception exception)
        {
            // The answer is worth more than the record of how it came about.
            LogNotStored(exception, tool.Name);
        }
    }

    private void Tell(ChatTool tool, string status, bool cached = false) => tell(ChatEventData.Of(new ChatEventData.Tool(tool.Name, status, cached)));

    [LoggerMessage(1, LogLevel.Warning, "The tool {Tool} failed; the model is told so.")]
    private partial void LogFailed(Exception exception, string tool);

    [LoggerMessage(2, LogLevel.Warning, "The tool {Tool} took too long; the model is told so.")]
    private partial void LogTimedOut(string tool);

    [LoggerMessage(3, LogLevel.Warning, "What the tool {Tool} answered could not be stored in the conversation.")]
    private partial void LogNotStored(Exception exception, string tool);
}
