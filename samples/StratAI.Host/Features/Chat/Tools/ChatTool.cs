using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat.Tools;

/// <summary>Something the model can ask for.</summary>
internal abstract class ChatTool
{
    public abstract string Name { get; }

    /// <summary>For the model: what it does, and when to call it.</summary>
    public abstract string Description { get; }

    /// <summary>Of its arguments.</summary>
    public abstract JsonElement Schema { get; }

    /// <summary>Does what is asked. What is wrong with the arguments is a result, from which the model can learn.</summary>
    public abstract Task<ToolResult> RunAsync(ToolCall call, JsonObject arguments, CancellationToken cancellation);
}

/// <summary>The same with arguments of a type, whose annotations they must keep to.</summary>
internal abstract class ChatTool<TArguments> : ChatTool
    where TArguments : IRequestBody
{
    // Not the API's own options: a type with a converter of its own has no schema.
    private static readonly JsonSerializerOptions Described = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, NumberHandling = JsonNumberHandling.Strict, RespectNullableAnnotations = true,
    };

    public override JsonElement Schema { get; } = AIJsonUtilities.CreateJsonSchema(typeof(TArguments), serializerOptions: Described);

    public override Task<ToolResult> RunAsync(ToolCall call, JsonObject arguments, CancellationToken cancellation)
    {
        TArguments? given;
        try
        {
            given = arguments.Deserialize<TArguments>(ApiJson.Options);
        }
        catch (JsonException exception)
        {
            return Task.FromResult(ToolResult.Failure("invalid-arguments", $"The argument at {exception.Path} is not one of this tool's, or has another type than it should."));
        }

        return Validation.Check(given!) is { } problem ? Task.FromResult(ToolResult.Failure(problem)) : RunAsync(call, given!, cancellation);
    }

    protected abstract Task<ToolResult> RunAsync(ToolCall call, TArguments arguments, CancellationToken cancellation);
}
