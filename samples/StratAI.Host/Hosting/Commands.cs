using StratAI.Host.Features.Documents.Migration;

namespace StratAI.Host.Hosting;

/// <summary>What the host does other than serve: <c>dotnet run --project samples/StratAI.Host -- {command}</c>.</summary>
internal static class Commands
{
    public static readonly IReadOnlyList<Command> All = [MigrateImages.Command, GenerateImages.Command, Doctor.Command];
}

/// <param name="Name">The first word on the command line.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Options">What it takes.</param>
/// <param name="RunAsync">Does it, with the host's services but without its server, and returns the exit code. The token is cancelled by Ctrl-C.</param>
internal sealed record Command(
    string Name, string Summary, IReadOnlyList<CommandOption> Options, Func<IServiceProvider, CommandArguments, CancellationToken, Task<int>> RunAsync);

/// <param name="Name">Without its dashes.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Default">Null for a flag; else it takes a whole number, and this one without it.</param>
/// <param name="Least">The least number.</param>
internal sealed record CommandOption(string Name, string Summary, long? Default = null, long Least = 1);

/// <summary>The options as given.</summary>
internal sealed class CommandArguments(Command command, IReadOnlyDictionary<string, long> given)
{
    public bool Has(string name) => given.ContainsKey(name);

    public long Number(string name) => given.TryGetValue(name, out var number) ? number : command.Options.Single(option => option.Name == name).Default!.Value;
}
