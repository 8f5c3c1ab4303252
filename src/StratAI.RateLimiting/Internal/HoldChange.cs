namespace StratAI.RateLimiting.Internal;

/// <summary>What is to become of what one holder holds in a bucket.</summary>
/// <param name="Id">The holder; empty for a charge that nobody holds.</param>
/// <param name="Amount">What it holds from now on; 0 ends it.</param>
/// <param name="Charge">What is charged for good. Charged once, however often a settled holder asks for it.</param>
/// <param name="IsForced">Whether it happens although there is no room: a renewal, or a settlement.</param>
/// <param name="IsNew">Whether the holder is one that the call makes.</param>
internal sealed record HoldChange(string Id, long Amount, long Charge = 0, bool IsForced = false, bool IsNew = false);
