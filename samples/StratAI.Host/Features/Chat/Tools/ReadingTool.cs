using System.Text.Json;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>A tool that changes nothing: the same user's same question is answered from the cache until something changes what it reads.</summary>
internal abstract class ReadingTool<TArguments>(ToolResults results) : ChatTool<TArguments>
    where TArguments : IRequestBody
{
    protected override async Task<ToolResult> RunAsync(ToolCall call, TArguments arguments, CancellationToken cancellation) => await results.GetAsync(
        call.UserId,
        Name,
        JsonSerializer.Serialize(arguments, ApiJson.Options),
        await TagsAsync(call.UserId, cancellation),
        token => ReadAsync(call.UserId, arguments, token),
        cancellation);

    /// <summary>Of the entry: whoever changes what the tool reads drops one of them.</summary>
    protected abstract ValueTask<IEnumerable<string>> TagsAsync(string userId, CancellationToken cancellation);

    /// <summary>Reads as the user; a failure is not kept.</summary>
    protected abstract Task<ToolResult> ReadAsync(string userId, TArguments arguments, CancellationToken cancellation);
}
