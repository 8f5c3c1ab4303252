using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>Writes the file name of each document of the prompt above its text: protocols have no place for what a text is called.</summary>
internal sealed class NamedDocuments(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(Name(messages), options, cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(Name(messages), options, cancellationToken);

    private static List<ChatMessage> Name(IEnumerable<ChatMessage> messages) => [.. messages.Select(message => message.Contents.Any(IsDocument)
        ? new ChatMessage(message.Role, [.. message.Contents.Select(content => IsDocument(content) ? Named((TextContent)content) : content)])
        : message)];

    private static bool IsDocument(AIContent content) => content is TextContent && content.AdditionalProperties?.ContainsKey(LocalChatClient.DocumentProperty) == true;

    private static TextContent Named(TextContent document) => new($"Document \"{document.AdditionalProperties![LocalChatClient.DocumentProperty]}\":\n{document.Text}");
}
