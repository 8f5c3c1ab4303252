using StratAI.Host.Features.Chat.Providers;

namespace StratAI.Host.Features.Chat.Anthropic;

/// <summary><c>Chat:Anthropic</c>.</summary>
internal sealed class AnthropicSettings() : ProviderSettings("https://api.anthropic.com")
{
    public const string Section = "Chat:Anthropic";

    /// <summary>
    /// How long the provider keeps tools, instructions and documents; the conversation is kept for five minutes. An hour costs more to write and is worth it where
    /// questions come in intervals longer than five minutes. Default <see cref="CacheLifetime.FiveMinutes"/>.
    /// </summary>
    public CacheLifetime PromptCache { get; set; } = CacheLifetime.FiveMinutes;

    /// <summary>The shortest prefix that the model caches, in tokens: 1,024 to 4,096 by model. Default 1,024; from 0.</summary>
    public int PromptCacheMinimum { get; set; } = 1_024;

    public sealed class Validator() : ProviderSettingsValidator<AnthropicSettings>(Section, needsKey: true)
    {
        protected override IEnumerable<string> Problems(AnthropicSettings options) => base.Problems(options)
            .Concat(Enum.IsDefined(options.PromptCache) ? [] : [$"PromptCache is {options.PromptCache}; it must be one of {string.Join(", ", Enum.GetNames<CacheLifetime>())}."])
            .Concat(options.PromptCacheMinimum >= 0 ? [] : [$"PromptCacheMinimum is {options.PromptCacheMinimum}; it must be 0 or more."]);
    }
}

/// <summary>How long a provider keeps the stable part of a prompt.</summary>
internal enum CacheLifetime
{
    Off,
    FiveMinutes,
    OneHour,
}
