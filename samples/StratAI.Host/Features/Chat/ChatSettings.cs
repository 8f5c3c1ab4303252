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

    /// <summary>How long answers that run at shutdown may take to end by themselves. Default 10 s; from zero to half of the host's shutdown timeout.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    public sealed class Validator(IOptions<HostOptions> host) : IValidateOptions<ChatSettings>
    {
        public ValidateOptionsResult Validate(string? name, ChatSettings options)
        {
            // The other half is for storing the ends, and for whatever else has to stop.
            var longest = host.Value.ShutdownTimeout / 2;
            return options.ReservedTokens is < 1 or > Most ? ValidateOptionsResult.Fail($"Chat:ReservedTokens is {options.ReservedTokens}; it must be from 1 to {Most}.")
                : options.DrainTime < TimeSpan.Zero || options.DrainTime > longest
                    ? ValidateOptionsResult.Fail($"Chat:DrainTime is {options.DrainTime}; it must be from 00:00:00 to {longest}, half of the shutdown timeout.")
                : ValidateOptionsResult.Success;
        }
    }
}
