using Anthropic;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Providers;
using StratAI.Host.Features.Chat.Tokens;

namespace StratAI.Host.Features.Chat.Anthropic;

internal static class AnthropicSetup
{
    /// <summary>Makes Anthropic's messages API the application's <see cref="IChatClient"/>.</summary>
    public static void AddAnthropicChat(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AnthropicSettings>, AnthropicSettings.Validator>();
        services.AddOptions<AnthropicSettings>().BindConfiguration(AnthropicSettings.Section).ValidateOnStart();
        services.AddSingleton(Create);
    }

    private static IChatClient Create(IServiceProvider services)
    {
        var settings = services.GetRequiredService<IOptions<AnthropicSettings>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
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
        var model = new AnthropicMessages(client.AsIChatClient(settings.Model, settings.MaxOutputTokens));
        return new NamedDocuments(new CountedChatClient(new ModelCalls(model, settings, time, services.GetRequiredService<ILogger<ModelCalls>>())));
    }
}
