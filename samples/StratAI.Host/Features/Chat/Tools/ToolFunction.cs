using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>A tool as the model is told of it, for one answer.</summary>
internal sealed class ToolFunction(ChatTool tool, AnswerTools answer) : AIFunction
{
    public override string Name => tool.Name;

    public override string Description => tool.Description;

    public override JsonElement JsonSchema => tool.Schema;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var content = FunctionInvokingChatClient.CurrentContext?.CallContent;
        // Null where the model wrote something that is no JSON.
        var given = content?.Exception is null ? new JsonObject() : null;
        foreach (var (name, value) in arguments)
        {
            given?.Add(name, JsonSerializer.SerializeToNode(value, AIJsonUtilities.DefaultOptions));
        }

        return await answer.CallAsync(tool, content?.CallId ?? "", given, cancellationToken);
    }
}
