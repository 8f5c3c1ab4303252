using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Tokens;

namespace StratAI.Host.Tests.Providers;

public sealed class TokenCountTests : IAsyncLifetime
{
    public Task InitializeAsync() => TokenCount.Ready;

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("", 0)]
    [InlineData("one two three four", 4)]
    [InlineData("Donaudampfschifffahrtsgesellschaft", 10)]
    [InlineData("人工智能的发展非常迅速", 6)]
    [InlineData("😀😀", 2)]
    public void Short_text_is_counted_as_the_encoding_has_it(string text, long tokens) => Assert.Equal(tokens, TokenCount.Of(text));

    [Fact]
    public void Texts_are_counted_together_and_a_cut_costs_next_to_nothing()
    {
        var sentence = "The tomatoes want water every morning, two litres a plant. ";
        var texts = Enumerable.Repeat(sentence, 500).ToList();

        Assert.Equal(500 * TokenCount.Of(sentence), TokenCount.Of(texts));
        // One word may be cut in two, every 512 characters.
        var whole = TokenCount.Of(sentence.Trim() + " " + sentence) - TokenCount.Of(sentence);
        Assert.InRange(TokenCount.Of(string.Concat(texts)), 500 * whole * 0.98, 500 * whole * 1.02);
    }

    [Fact]
    public void Long_text_is_estimated_by_a_sample()
    {
        // Every text is of one kind, and they differ by a factor of four in their tokens for each character.
        string[] kinds = ["The tomatoes want water every morning. ", "{\"id\":17,\"x\":[0.25,1e-3]}\n", "人工智能的发展非常迅速，", "Vergißmeinnichtsträuße "];
        var texts = Enumerable.Range(0, 200).Select(i => string.Concat(Enumerable.Repeat(kinds[i % 4], 200 + (i * 37 % 400)))).ToList();
        var whole = texts.Sum(text => text.Chunk(500).Sum(piece => TokenCount.Of(new string(piece))));

        Assert.InRange(TokenCount.Of(texts), whole * 0.85, whole * 1.15);
    }

    [Fact]
    public void A_prompt_counts_its_messages_instructions_tools_and_what_they_returned()
    {
        var tool = AIFunctionFactory.Create((string status) => status, "list_tasks", "Lists tasks.");
        List<ChatMessage> prompt =
        [
            new(ChatRole.User, "one two three four"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "list", new Dictionary<string, object?> { ["status"] = "open" })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "none")]),
        ];

        // Four tokens a message, and one a word.
        Assert.Equal(12 + 8, ChatUsage.OfInput(prompt));
        Assert.Equal(12 + 8 + 4, ChatUsage.OfInput(prompt, new() { Instructions = "one two three four" }));
        Assert.InRange(ChatUsage.OfInput(prompt, new() { Tools = [tool] }), 30, 100);
    }
}
