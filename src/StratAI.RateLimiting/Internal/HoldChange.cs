namespace StratAI.RateLimiting.Internal;

/// <summary>What is to become of what one holder holds in a bucket.</summary>
/// <param name="Id">The holder; empty for a charge that nobody holds.</param>
/// <param name="Amount">What it holds from now on; 0 ends it.</param>
/// <param name="Charge">What is charged for good. Charged once, however often a settled holder asks for it.</param>
/// <param name="IsForced">Whether it happens although there is no room: a renewal, or a settlement.</param>
internal sealed record HoldChange(string Id, long Amount, long Charge = 0, bool IsForced = false)
{
    /// <summary>Whether it begins what a caller is to hold. Told here, as what is known to be held may end while an extension of it is under way.</summary>
    public bool IsNew { get; init; }
}
