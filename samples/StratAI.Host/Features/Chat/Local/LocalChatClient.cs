using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// A chat client without a language model: it answers by quoting, word for word, the passages of the given documents that match the question best. It needs
/// no network, and the same messages always get the same answer. What a document says is only ever quoted: no text in it is followed as an instruction.
/// </summary>
/// <remarks>
/// A document is a <see cref="TextContent"/> of a system message with its file name under <see cref="DocumentProperty"/>; the last user message is the
/// question. Earlier turns and the <see cref="ChatOptions"/> have no effect on the answer. The last update carries the usage, in tokens estimated from words.
/// </remarks>
internal sealed class LocalChatClient(IOptions<LocalChatOptions> options, TimeProvider time) : IChatClient
{
    /// <summary>The id of the one model there is.</summary>
    public const string ModelId = "local";

    /// <summary>The additional property of a <see cref="TextContent"/> that makes it a document and holds its file name.</summary>
    public const string DocumentProperty = "document";

    /// <summary>The entry of <see cref="UsageDetails.AdditionalCounts"/>, always 1, that marks the token counts as estimated.</summary>
    public const string EstimatedCount = "estimated";

    private readonly ChatClientMetadata _metadata = new(ModelId, defaultModelId: ModelId);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var settings = Settings;
        var prompt = LocalPrompt.Read(messages, settings.MaximumCharacters);

        // Reading tens of megabytes is all computation: off the caller's thread, so that asking for the stream does not hold it.
        var (answer, usage) = await Task.Run(() => Answer(prompt, cancellationToken), cancellationToken);

        var first = true;
        foreach (var word in LocalAnswer.Words(answer))
        {
            if (!first && settings.WordDelay > TimeSpan.Zero)
            {
                await Task.Delay(settings.WordDelay, time, cancellationToken);
            }

            first = false;
            cancellationToken.ThrowIfCancellationRequested();
            yield return new(ChatRole.Assistant, word) { ModelId = ModelId };
        }

        yield return new(ChatRole.Assistant, [new UsageContent(usage)]) { ModelId = ModelId, FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
    }

    private LocalChatOptions Settings => options.Value;

    private static (string Answer, UsageDetails Usage) Answer(LocalPrompt prompt, CancellationToken cancellation)
    {
        var answer = LocalAnswer.Compose(prompt, cancellation);
        var input = prompt.EstimateTokens(cancellation);
        var output = TokenEstimate.Of(answer, cancellation);
        return (answer, new()
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = input + output,
            AdditionalCounts = new() { [EstimatedCount] = 1 },
        });
    }
}
