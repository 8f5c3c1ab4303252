using System.Runtime.CompilerServices;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Providers;

namespace StratAI.Host.Features.Chat.Anthropic;

/// <summary>
/// What the SDK's client keeps to itself: the size of the prompt, which the model tells at the beginning, so that an answer that is stopped is charged by it; and
/// the type of an error in the stream, without its text.
/// </summary>
internal sealed class AnthropicMessages(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(updates))
        {
            if (updates.Current.RawRepresentation is RawMessageStreamEvent { Value: RawMessageStartEvent { Message.Usage: { } usage } })
            {
                updates.Current.Contents.Add(new UsageContent(new()
                {
                    InputTokenCount = usage.InputTokens + (usage.CacheReadInputTokens ?? 0) + (usage.CacheCreationInputTokens ?? 0),
                    CachedInputTokenCount = usage.CacheReadInputTokens,
                }));
            }

            yield return updates.Current;
        }
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (AnthropicSseException exception)
        {
            throw ErrorTypes.InStream(ErrorTypes.Of(exception.Body));
        }
    }
}
