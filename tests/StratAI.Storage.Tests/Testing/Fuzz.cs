using System.Globalization;

namespace StratAI.Storage.Tests.Testing;

/// <summary>
/// How many random cases are tried, and from which seed. STRATAI_FUZZ=20 makes that twenty times as many, STRATAI_SEED repeats a run.
/// </summary>
internal static class Fuzz
{
    private static readonly int Factor = Read("STRATAI_FUZZ") ?? 1;

    public static int Seed { get; } = Read("STRATAI_SEED") ?? Random.Shared.Next();

    public static int Cases(int count) => count * Factor;

    private static int? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
