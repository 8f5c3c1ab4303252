using System.Globalization;

namespace StratAI.Caching.Tests.Support;

/// <summary>How many random cases a property is tried with. STRATAI_FUZZ=20 makes that twenty times as many.</summary>
internal static class Fuzz
{
    private static readonly int Factor = int.Parse(Environment.GetEnvironmentVariable("STRATAI_FUZZ") ?? "1", CultureInfo.InvariantCulture);

    public static int Times(int cases) => cases * Factor;
}
