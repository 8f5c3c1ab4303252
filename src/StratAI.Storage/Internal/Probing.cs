namespace StratAI.Storage.Internal;

/// <summary>
/// Marks calls that are made to find out whether a store answers: they reach it also while others are spared it. The mark goes with the
/// call through whatever stores stand in between.
/// </summary>
internal static class Probing
{
    private static readonly AsyncLocal<bool> Active = new();

    public static bool IsActive => Active.Value;

    /// <summary>Begins probing in the calling method and all it calls; it ends when that method returns.</summary>
    public static void Begin() => Active.Value = true;
}
