using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Tests.Local;

/// <summary>Asks the local chat client as the host does.</summary>
internal static class LocalChat
{
    public static LocalChatClient Client(LocalChatOptions? options = null, TimeProvider? time = null) =>
        new(Options.Create(options ?? new()), time ?? TimeProvider.System);

    public static ChatMessage Document(string name, string text) =>
        new(ChatRole.System, [new TextContent(text) { AdditionalProperties = new() { [LocalChatClient.DocumentProperty] = name } }]);

    public static IReadOnlyList<ChatMessage> Messages(string question, params (string Name, string Text)[] documents) =>
        [.. documents.Select(document => Document(document.Name, document.Text)), new(ChatRole.User, question)];

    public static async Task<string> AskAsync(string question, params (string Name, string Text)[] documents)
    {
        using var client = Client();
        return (await client.GetResponseAsync(Messages(question, documents))).Text;
    }

    public static IReadOnlyList<RankedPassage> Rank(string question, params (string Name, string Text)[] documents) =>
        PassageRanking.Rank([.. documents.Select(document => Whole(document.Name, document.Text))], Question.Parse(question), CancellationToken.None);

    public static LocalDocument Whole(string name, string text) => new(name, text, text.Length);
}
