using System.Globalization;

namespace StratAI.RateLimiting.Tests;

/// <summary>How many random cases a property is tried with. STRATAI_FUZZ=20 makes that twenty times as many.</summary>
internal static class Fuzz
{
    private static readonly int Factor = int.Parse(Environment.GetEnvironmentVariable("STRATAI_FUZZ") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>From where seeds are counted: STRATAI_SEED, to see a failure again.</summary>
    public static int FirstSeed { get; } = int.Parse(
        Environment.GetEnvironmentVariable("STRATAI_SEED") ?? $"{Random.Shared.Next(1_000_000_000)}", CultureInfo.InvariantCulture);

    public static int Times(int cases) => cases * Factor;
}
