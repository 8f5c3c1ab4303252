using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Chat;

/// <summary>Section <c>Chat</c>, but for the provider and what is the provider's own.</summary>
internal sealed class ChatSettings
{
    private const long Most = 1_000_000_000;

    /// <summary>
    /// How many tokens of its user's budget a question reserves before anything is known about its prompt: who has fewer left is refused at once.
    /// Default 2,000; from 1 to 1,000,000,000.
    /// </summary>
    public long ReservedTokens { get; set; } = 2_000;

    /// <summary>
    /// How many tokens a prompt may have, the model's window less the longest answer: at most half of them are documents, and earlier messages get what is
    /// left. Default 100,000; from 4,000 to 10,000,000.
    /// </summary>
    public int ContextTokens { get; set; } = 100_000;

    /// <summary>The room for documents, at four bytes a token.</summary>
    public int DocumentBytes => ContextTokens / 2 * 4;

    public sealed class Validator : IValidateOptions<ChatSettings>
    {
        public ValidateOptionsResult Validate(string? name, ChatSettings options) =>
            options.ReservedTokens is < 1 or > Most ? ValidateOptionsResult.Fail($"Chat:ReservedTokens is {options.ReservedTokens}; it must be from 1 to {Most}.")
            : options.ContextTokens is < 4_000 or > 10_000_000 ? ValidateOptionsResult.Fail($"Chat:ContextTokens is {options.ContextTokens}; it must be from 4,000 to 10,000,000.")
            : ValidateOptionsResult.Success;
    }
}
