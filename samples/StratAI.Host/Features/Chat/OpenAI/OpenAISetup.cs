using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI.Chat;
using StratAI.Host.Features.Chat.Providers;
using StratAI.Host.Features.Chat.Tokens;

namespace StratAI.Host.Features.Chat.OpenAI;

internal static class OpenAISetup
{
    /// <summary>Makes a server of chat completions the application's <see cref="IChatClient"/>.</summary>
    public static void AddOpenAIChat(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<OpenAISettings>, OpenAISettings.Validator>();
        services.AddOptions<OpenAISettings>().BindConfiguration(OpenAISettings.Section).ValidateOnStart();
        services.AddSingleton(Create);
    }

    private static IChatClient Create(IServiceProvider services)
    {
        var settings = services.GetRequiredService<IOptions<OpenAISettings>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var key = settings.ReadKey();
        var client = new ChatClient(
            settings.Model,
            // The SDK insists on a key; where there is none, what it makes of this is taken off again.
            new ApiKeyCredential(string.IsNullOrEmpty(key) ? "none" : key),
            new()
            {
                Endpoint = settings.BaseUrl,
                Transport = new HttpClientPipelineTransport(ModelHttp.Create(settings, hasKey: !string.IsNullOrEmpty(key), time)),
                RetryPolicy = new ClientRetryPolicy(0),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
            });
        var model = new OpenAICompletions(client.AsIChatClient());
        return new NamedDocuments(new CountedChatClient(new ModelCalls(model, settings, time, services.GetRequiredService<ILogger<ModelCalls>>())));
    }
}
