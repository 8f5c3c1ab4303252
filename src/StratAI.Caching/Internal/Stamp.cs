namespace StratAI.Caching.Internal;

/// <summary>
/// The moment up to which a value is known to reflect every invalidation: <paramref name="Sequence"/> in the order the shared level gives,
/// within one <paramref name="Epoch"/> of unbroken contact with it. Sequences of different epochs do not compare.
/// <paramref name="Notices"/> is the last of <see cref="NoticedChanges"/> that it reflects.
/// </summary>
internal readonly record struct Stamp(int Epoch, long Sequence, long Notices = 0)
{
    /// <summary>Before contact with the shared level was first made.</summary>
    public const long Unknown = -1;
}
