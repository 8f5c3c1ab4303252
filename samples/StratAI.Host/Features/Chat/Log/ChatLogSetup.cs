using StackExchange.Redis;
using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Chat.Log;

internal static class ChatLogSetup
{
    public static void AddChatLog(this IServiceCollection services, IConfiguration configuration)
    {
        var prefix = configuration["Redis:KeyPrefix"] is { Length: > 0 } given ? given : "host";
        services.AddSingleton<IChatLog>(provider => provider.GetRequiredService<PartModes>().Memory
            ? new RedisChatLog(provider.GetRequiredService<IConnectionMultiplexer>(), prefix)
            : new LocalChatLog(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ChatLogWriter>();
        services.AddSingleton<ChatEndings>();
        services.AddSingleton<ChatFollower>();
        services.AddSingleton<ChatLeases>();
        services.AddSingleton<ChatTakeover>();
    }
}
