using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using StratAI.Storage;

namespace StratAI.Host.Hosting;

/// <summary>
/// The process's arguments: a command with its options, or none, which is to serve. What has a colon in its name, and everything without a command, is
/// configuration.
/// </summary>
internal sealed class CommandLine
{
    private const int Interrupted = 130;

    private readonly Command? _command;
    private readonly CommandArguments? _arguments;

    private CommandLine(string[] settings, Command? command = null, CommandArguments? arguments = null) =>
        (Settings, _command, _arguments) = (settings, command, arguments);

    /// <summary>What is left for the configuration.</summary>
    public string[] Settings { get; }

    /// <exception cref="StartupException">The arguments are wrong; its message has the usage.</exception>
    public static CommandLine Parse(string[] args)
    {
        if (args is not [var name, ..] || name.StartsWith('-') || name.Contains('='))
        {
            return new(args);
        }

        if (Commands.All.FirstOrDefault(candidate => candidate.Name == name) is not { } command)
        {
            throw new StartupException($"There is no command '{name}'.\n\nCommands:\n{string.Join('\n', Commands.All.Select(known => $"  {known.Name,-20} {known.Summary}"))}");
        }

        // A command's output is its own; the host's usual lines would tear it.
        var settings = new List<string> { "--Logging:LogLevel:Default=Warning" };
        var given = new Dictionary<string, long>();
        for (var at = 1; at < args.Length; at++)
        {
            if (args[at].StartsWith("--", StringComparison.Ordinal) && args[at].Contains(':', StringComparison.Ordinal))
            {
                settings.Add(args[at]);
                continue;
            }

            var parts = args[at].Split('=', 2);
            var option = command.Options.FirstOrDefault(known => $"--{known.Name}" == parts[0]);
            var value = option?.Default is null ? "0" : parts is [_, var joined] ? joined : ++at < args.Length ? args[at] : "";
            if (option is null || (option.Default is null && parts.Length > 1) || !given.TryAdd(option.Name, 0)
                || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (option.Default is not null && number < option.Least))
            {
                throw new StartupException($"{Complaint(option, parts[0])}\n\n{Usage(command)}");
            }

            given[option.Name] = number;
        }

        return new([.. settings], command, new(command, given));
    }

    /// <summary>Runs the command, or the host. Returns the exit code.</summary>
    public async Task<int> RunAsync(WebApplication app)
    {
        if (_command is null)
        {
            await app.RunAsync();
            return 0;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await _command.RunAsync(app.Services, _arguments!, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception exception) when (exception is DbException or ObjectStoreException)
        {
            await Console.Error.WriteLineAsync($"{_command.Name} has failed: {exception.Message}");
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            // The second time, the process ends at once.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static string Complaint(CommandOption? option, string given) =>
        option is null ? $"There is no option '{given}'."
        : option.Default is null ? $"The option '{given}' is given once and takes no value."
        : $"The option '{given}' is given once and takes a whole number from {option.Least}.";

    private static string Usage(Command command) =>
        $"{command.Name}: {command.Summary}\n\nOptions:\n"
        + string.Join('\n', command.Options.Select(option => $"  --{option.Name + (option.Default is { } number ? $" N ({number})" : ""),-26} {option.Summary}"));
}
