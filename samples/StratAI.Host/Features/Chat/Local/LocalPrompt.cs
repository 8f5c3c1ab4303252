using Microsoft.Extensions.AI;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>What the messages of a chat hold for <see cref="LocalChatClient"/>: the question and the documents.</summary>
internal sealed class LocalPrompt
{
    private readonly IReadOnlyList<string> _texts;

    private LocalPrompt(string question, IReadOnlyList<LocalDocument> documents, IReadOnlyList<string> texts)
    {
        Question = question;
        Documents = documents;
        _texts = texts;
    }

    public string Question { get; }

    public IReadOnlyList<LocalDocument> Documents { get; }

    /// <param name="messages">The chat. Only a system message can bring a document: what a user writes is never taken for one.</param>
    /// <param name="maximumCharacters">How much of all documents together is read; the first ones have precedence.</param>
    public static LocalPrompt Read(IEnumerable<ChatMessage> messages, int maximumCharacters)
    {
        var question = "";
        var documents = new List<LocalDocument>();
        var texts = new List<string>();
        var left = maximumCharacters;
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.User)
            {
                question = message.Text;
            }

            foreach (var content in message.Contents.OfType<TextContent>())
            {
                texts.Add(content.Text);
                if (message.Role == ChatRole.System && content.AdditionalProperties?[LocalChatClient.DocumentProperty] is string name)
                {
                    var length = Cut(content.Text, left);
                    documents.Add(new(name, content.Text, length));
                    left -= length;
                }
            }
        }

        return new(question, documents, texts);
    }

    public long EstimateTokens(CancellationToken cancellation) => _texts.Sum(text => TokenEstimate.Of(text, cancellation));

    private static int Cut(string text, int maximum) =>
        text.Length <= maximum ? text.Length : maximum > 0 && char.IsHighSurrogate(text[maximum - 1]) ? maximum - 1 : maximum;
}
