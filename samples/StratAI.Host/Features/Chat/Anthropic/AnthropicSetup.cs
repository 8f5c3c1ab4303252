using Anthropic;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Providers;

namespace StratAI.Host.Features.Chat.Anthropic;

internal static class AnthropicSetup
{
    /// <summary>Makes Anthropic's messages API the application's <see cref="IChatClient"/>.</summary>
    public static void AddAnthropicChat(this IServiceCollection services) =>
        services.AddProvider<AnthropicSettings, AnthropicSettings.Validator>(AnthropicSettings.Section, Connect);

    private static AnthropicMessages Connect(AnthropicSettings settings, TimeProvider time)
    {
        var client = new AnthropicClient
        {
            // All of them: what is not set, the SDK looks for in the environment.
            BaseUrl = settings.BaseUrl.AbsoluteUri.TrimEnd('/'),
            ApiKey = settings.ReadKey(),
            AuthToken = null,
            HttpClient = ModelHttp.Create(settings, hasKey: true, time, inner => new PromptCacheHandler(settings) { InnerHandler = inner }),
            MaxRetries = 0,
            // Behind that of ModelCalls, which says what it was.
            Timeout = settings.AnswerTimeout + TimeSpan.FromMinutes(1),
        };
        return new(client.AsIChatClient(settings.Model, settings.MaxOutputTokens));
    }
}
