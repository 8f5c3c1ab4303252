using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using StratAI.Host.Features.Chat.Providers;

namespace StratAI.Host.Features.Chat.OpenAI;

internal static class OpenAISetup
{
    /// <summary>Makes a server of chat completions the application's <see cref="IChatClient"/>.</summary>
    public static void AddOpenAIChat(this IServiceCollection services) =>
        services.AddProvider<OpenAISettings, OpenAISettings.Validator>(OpenAISettings.Section, Connect);

    private static OpenAICompletions Connect(OpenAISettings settings, TimeProvider time)
    {
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
        return new(client.AsIChatClient());
    }
}
