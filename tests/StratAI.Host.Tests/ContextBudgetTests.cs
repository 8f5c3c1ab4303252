using System.Text;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>What of documents and conversation goes into a prompt that has room for 4,000 tokens, half of them for documents.</summary>
public abstract class ContextBudgetTests(HostFixture host) : IAsyncLifetime
{
    private readonly CallingModel _model = new();
    private HostInstance _instance = null!;
    private ApiClient _user = null!;

    public async Task InitializeAsync()
    {
        _instance = new(host.SettingsApart(("Chat:ContextTokens", "4000")), _model.Use);
        _user = await _instance.SignInAsync($"ada-{Guid.NewGuid():N}");
    }

    public async Task DisposeAsync() => await _instance.DisposeAsync();

    [Fact]
    public async Task The_newest_documents_are_kept_and_the_first_that_does_not_fit_is_cut()
    {
        var (space, area) = await PlaceAsync();
        foreach (var name in new[] { "oldest", "older", "newer", "newest" })
        {
            await UploadAsync($"{name}.md", name, 3_000, ("areaId", $"{area}"));
        }

        await UploadAsync("left out.md", "space", 3_000, ("spaceId", $"{space}"));
        await _user.ChatAsync(new { areaId = area, message = "What now?" });

        var documents = DocumentsOf(_model.Prompts[^1]);
        Assert.Equal(["older.md", "newer.md", "newest.md"], documents.Select(document => document.Name));
        Assert.EndsWith("older.", documents[0].Text, StringComparison.Ordinal);
        Assert.InRange(documents[0].Text.Length, 1_500, 2_000);
        Assert.All(documents.Skip(1), document => Assert.InRange(document.Text.Length, 2_990, 3_020));
    }

    [Fact]
    public async Task The_areas_documents_come_first_and_the_newest_of_a_name_wins()
    {
        var (space, area) = await PlaceAsync();
        await UploadAsync("same.md", "first", 300, ("areaId", $"{area}"));
        await UploadAsync("same.md", "second", 300, ("areaId", $"{area}"));
        await UploadAsync("same.md", "space", 300, ("spaceId", $"{space}"));
        await UploadAsync("other.md", "space", 300, ("spaceId", $"{space}"));
        var own = await UploadAsync("own.md", "own", 300);

        await _user.ChatAsync(new { areaId = area, documentIds = new[] { own }, message = "What now?" });
        var documents = DocumentsOf(_model.Prompts[^1]);
        Assert.Equal(["own.md", "same.md", "other.md"], documents.Select(document => document.Name));
        Assert.StartsWith("second", documents[1].Text, StringComparison.Ordinal);

        await _user.ChatAsync(new { spaceId = space, message = "What now?" });
        Assert.Equal(["same.md", "other.md"], DocumentsOf(_model.Prompts[^1]).Select(document => document.Name));
    }

    [Fact]
    public async Task Earlier_messages_are_left_out_where_there_is_no_room_and_the_question_never()
    {
        await TokenCount.Ready;
        var first = await _user.ChatAsync(new { message = "list_tasks {}\n" + Words(2_000, 'a') });
        await _user.ChatAsync(new { conversationId = first.ConversationId, message = "list_tasks {}\n" + Words(2_000, 'b') });
        await _user.ChatAsync(new { conversationId = first.ConversationId, message = Words(1_000, 'c') });
        Assert.Equal("system, b, assistant, c", Describe(_model.Prompts.First(prompt => prompt[^1].Text.EndsWith('c'))));

        await _user.ChatAsync(new { conversationId = first.ConversationId, message = Words(5_000, 'd') });
        var last = _model.Prompts.First(prompt => prompt[^1].Text.EndsWith('d'));
        Assert.Equal("system, d", Describe(last));
        Assert.Equal(Words(5_000, 'd'), last[^1].Text);
    }

    /// <summary>About so many tokens, and a letter to know them by.</summary>
    private static string Words(int count, char end) => string.Concat(Enumerable.Repeat("water ", count)) + end;

    private static string Describe(IReadOnlyList<ChatMessage> prompt) => string.Join(", ", prompt.Select(message => message.Role == ChatRole.User ? message.Text[^1..] : message.Role.Value));

    private static List<(string Name, string Text)> DocumentsOf(IReadOnlyList<ChatMessage> prompt) =>
        [.. prompt[0].Contents.OfType<TextContent>().Where(content => content.AdditionalProperties is not null)
            .Select(content => ((string)content.AdditionalProperties![LocalChatClient.DocumentProperty]!, content.Text))];

    private async Task<(Guid Space, Guid Area)> PlaceAsync()
    {
        var space = await _user.CreateAsync("/api/spaces", new { name = "Household" });
        return (space, await _user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" }));
    }

    private async Task<Guid> UploadAsync(string name, string word, int length, params (string, string)[] place)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(string.Join(' ', Enumerable.Repeat(word, 10))).Append(text.Length % 3 == 0 ? ".\n" : ".\n\n");
        }

        return (await _user.UploadAsync(name, Encoding.UTF8.GetBytes(text.ToString(0, length)), null, place)).Id;
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ContextBudgetTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ContextBudgetTests(host);
}

public sealed class DocumentRoomTests
{
    [Theory]
    [InlineData("One.\n\nTwo three.\nFour", 20, "One.\n\nTwo three.")]
    [InlineData("One two.\n\nThree four five", 16, "One two.")]
    [InlineData("One two three", 9, "One two")]
    [InlineData("Onetwothree", 5, "Onetw")]
    [InlineData("äöü€", 7, "äöü")]
    [InlineData("aa😀😀", 7, "aa😀")]
    public void A_text_is_cut_where_a_thought_ends_and_never_within_a_character(string text, int bytes, string expected) =>
        Assert.Equal(expected, DocumentRoom.Cut(text, bytes));

    [Fact]
    public void What_is_left_is_used_for_a_part_only_where_that_says_something()
    {
        var room = new DocumentRoom(5_000);
        var taken = room.Take([Of("a", 4_500), Of("b", 2_000), Of("c", 100)]);
        Assert.Equal(["a"], taken.Select(document => document.Filename));
        Assert.Empty(room.Take([Of("d", 10)]));
    }

    private static ContextDocument Of(string name, int length) => new() { Filename = name, Characters = length, Text = new string('x', length) };
}
