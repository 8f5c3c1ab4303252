namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// The states of a row in the state table. A claim is no state of its own: it is a token and a <c>due_at</c> in the future, and ends by
/// itself.
/// </summary>
internal static class RowStates
{
    public const string Waiting = "waiting";
    public const string Moved = "moved";
    public const string Purged = "purged";
    public const string Quarantined = "quarantined";
    public const string Gone = "gone";

    /// <summary>It has its data back; its object is still to be removed.</summary>
    public const string Returning = "returning";
}
