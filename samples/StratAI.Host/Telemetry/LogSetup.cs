using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace StratAI.Host.Telemetry;

internal static class LogSetup
{
    /// <summary>Log lines for people in Development and as JSON elsewhere, unless <c>Logging:Console:FormatterName</c> says otherwise, each with its scopes.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IExternalScopeProvider, LogScopes>();
        services.Configure<ConsoleLoggerOptions>(options =>
            options.FormatterName ??= builder.Environment.IsDevelopment() ? ConsoleFormatterNames.Simple : ConsoleFormatterNames.Json);
        // Before those of the configuration, which stand.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<JsonConsoleFormatterOptions>>(
            new ConfigureOptions<JsonConsoleFormatterOptions>(options =>
            {
                options.IncludeScopes = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            })));
    }
}
