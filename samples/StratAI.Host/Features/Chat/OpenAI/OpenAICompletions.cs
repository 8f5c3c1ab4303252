using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Providers;
using StreamingChatCompletionUpdate = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace StratAI.Host.Features.Chat.OpenAI;

/// <summary>What the SDK's client passes over: an error that comes in the stream, in place of a piece of the answer.</summary>
internal sealed class OpenAICompletions(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (update.RawRepresentation is StreamingChatCompletionUpdate raw && ErrorOf(raw) is { } type)
            {
                throw ErrorTypes.InStream(type);
            }

            yield return update;
        }
    }

    private static string? ErrorOf(StreamingChatCompletionUpdate update)
    {
#pragma warning disable SCME0001 // The only way to what the SDK has no property for.
        if (!update.Patch.TryGetJson("$.error"u8, out var json))
        {
            return null;
        }
#pragma warning restore SCME0001

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Null ? null : ErrorTypes.OfError(document.RootElement);
    }
}
