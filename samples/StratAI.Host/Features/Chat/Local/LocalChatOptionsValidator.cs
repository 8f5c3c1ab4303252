using Microsoft.Extensions.Options;

namespace StratAI.Host.Features.Chat.Local;

internal sealed class LocalChatOptionsValidator : IValidateOptions<LocalChatOptions>
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, LocalChatOptions options) =>
        options.WordDelay < TimeSpan.Zero || options.WordDelay > LongestDelay
            ? ValidateOptionsResult.Fail($"Chat:Local:{nameof(options.WordDelay)} must be from 00:00:00 to {LongestDelay}, and is {options.WordDelay}.")
        : options.MaximumCharacters <= 0
            ? ValidateOptionsResult.Fail($"Chat:Local:{nameof(options.MaximumCharacters)} must be positive, and is {options.MaximumCharacters}.")
        : ValidateOptionsResult.Success;
}
