using StratAI.Host.Features.Chat.Providers;

namespace StratAI.Host.Features.Chat.OpenAI;

/// <summary><c>Chat:OpenAI</c>: OpenAI's chat completions, or another server's that speaks them. A server of one's own may need no key.</summary>
internal sealed class OpenAISettings() : ProviderSettings("https://api.openai.com/v1")
{
    public const string Section = "Chat:OpenAI";

    public sealed class Validator() : ProviderSettingsValidator<OpenAISettings>(Section, needsKey: false);
}
