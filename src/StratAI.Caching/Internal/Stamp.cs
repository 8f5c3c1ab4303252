namespace StratAI.Caching.Internal;

/// <summary>
/// The moment up to which a value is known to reflect every invalidation: <paramref name="Sequence"/> in the order the shared level gives,
/// within one <paramref name="Epoch"/> of unbroken contact with it. Sequences of different epochs do not compare.
/// <paramref name="Change"/> is the last report of a change in the shared level, as this instance counts them, that it reflects.
/// </summary>
internal readonly record struct Stamp(int Epoch, long Sequence, long Change = 0)
{
    /// <summary>Before contact with the shared level was first made.</summary>
    public const long Unknown = -1;
}
