using Microsoft.Extensions.Options;

namespace StratAI.Host.Hosting;

/// <summary>The host cannot start as configured. The message is for the operator and says what to change; there is no need for a stack trace.</summary>
internal sealed class StartupException(string message) : Exception(message)
{
    /// <summary>Runs the host. A start that its configuration forbids is told on standard error, and is exit code 1.</summary>
    public static async Task<int> ReportAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is StartupException or OptionsValidationException || IsMisread(exception))
        {
            await Console.Error.WriteLineAsync($"The host cannot start. {exception.Message}");
            return 1;
        }
    }

    /// <summary>A setting that is not of its type; the message names it. Binders, those that are generated too, have no exception of their own for that.</summary>
    private static bool IsMisread(Exception exception) =>
        exception is InvalidOperationException && exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal);
}
