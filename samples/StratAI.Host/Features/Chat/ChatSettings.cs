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

    public sealed class Validator : IValidateOptions<ChatSettings>
    {
        public ValidateOptionsResult Validate(string? name, ChatSettings options) => options.ReservedTokens is >= 1 and <= Most
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Chat:ReservedTokens is {options.ReservedTokens}; it must be from 1 to {Most}.");
    }
}
