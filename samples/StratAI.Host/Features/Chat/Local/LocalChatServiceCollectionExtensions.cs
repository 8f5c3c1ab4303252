using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StratAI.Host.Features.Chat.Local;

namespace Microsoft.Extensions.DependencyInjection;

internal static class LocalChatServiceCollectionExtensions
{
    /// <summary>Makes the local responder the application's <see cref="IChatClient"/>, unless it has one.</summary>
    public static IServiceCollection AddLocalChat(this IServiceCollection services, Action<LocalChatOptions>? configure = null)
    {
        var options = services.AddOptions<LocalChatOptions>().BindConfiguration("Chat:Local").ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalChatOptions>, LocalChatOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IChatClient, LocalChatClient>();
        return services;
    }
}
