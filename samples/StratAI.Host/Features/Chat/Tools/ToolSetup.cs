using Microsoft.Extensions.AI;

namespace StratAI.Host.Features.Chat.Tools;

internal static class ToolSetup
{
    private const int MaximumRounds = 8;

    public static void AddTools(this IServiceCollection services)
    {
        services.AddSingleton<ToolResults>();
        services.AddSingleton<ToolMessages>();
        services.AddSingleton<DocumentSearch>();
        services.AddSingleton<ChatTool, SearchDocumentsTool>();
        services.AddSingleton<ChatTool, ListTasksTool>();
        services.AddSingleton<ChatTool, CreateTaskTool>();
        services.AddSingleton<ChatTool, ListMeetingsTool>();
        services.AddSingleton<ChatTool, CalendarEventsTool>();
        services.AddSingleton<ChatTools>();
    }

    /// <summary>Calls the tools that the model asks for and the model again with their results, one after the other. In the last round it gets no tools.</summary>
    public static ChatClientBuilder UseTools(this ChatClientBuilder builder) =>
        builder.UseFunctionInvocation(configure: client => client.MaximumIterationsPerRequest = MaximumRounds);
}
