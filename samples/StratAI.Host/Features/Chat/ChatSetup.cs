using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Anthropic;
using StratAI.Host.Features.Chat.Log;
using StratAI.Host.Features.Chat.OpenAI;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Chat;

internal static class ChatSetup
{
    /// <summary>The key of the model as chat uses it: whatever goes through it counts against the tokens of its user.</summary>
    public const string Budgeted = "budgeted";

    /// <summary>Adds chat with the model provider that <c>Chat:Provider</c> names.</summary>
    /// <exception cref="StartupException">There is no such provider.</exception>
    public static void AddChat(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // Loads beside the start.
        _ = TokenCount.Ready;
        switch (builder.Configuration["Chat:Provider"] ?? "local")
        {
            case "local":
                services.AddLocalChat();
                break;
            case "anthropic":
                services.AddAnthropicChat();
                break;
            case "openai":
                services.AddOpenAIChat();
                break;
            case var unknown:
                throw new StartupException($"Chat:Provider is '{unknown}'; it must be 'local', 'anthropic' or 'openai'.");
        }

        services.AddKeyedChatClient(Budgeted, provider => provider.GetRequiredService<IChatClient>())
            .UseTools()
            .UseTokenBudget(options => options.EstimateInput = ChatUsage.OfInput)
            // Whatever the environment says: what is asked and answered is in no span.
            .UseOpenTelemetry(configure: client => client.EnableSensitiveData = false);
        services.AddSingleton<ChatMetrics>();
        services.AddSingleton<IValidateOptions<ChatSettings>, ChatSettings.Validator>();
        services.AddOptions<ChatSettings>().BindConfiguration("Chat").ValidateOnStart();
        services.AddTools();
        services.AddSingleton<ChatStore>();
        services.AddSingleton<ChatContext>();
        services.AddChatLog(builder.Configuration);
        services.AddSingleton<ChatGenerations>();
        services.AddHostedService<ChatBeat>();
        services.AddSingleton<ChatRunner>();
        // Behind the heartbeat: it stops first, and what drains still needs its lease.
        services.AddHostedService(provider => provider.GetRequiredService<ChatRunner>());
    }
}
