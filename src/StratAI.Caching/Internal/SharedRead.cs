namespace StratAI.Caching.Internal;

/// <summary>The answer of the shared level to a read.</summary>
/// <param name="Reached">Whether there was an answer at all.</param>
/// <param name="Stamp">Up to when the answer, hit or miss, reflects every invalidation.</param>
/// <param name="Content">The entry, or <see langword="null"/> on a miss.</param>
/// <param name="Remaining">How long the entry lives on; zero or less where it is only there to be served should the factory fail.</param>
/// <param name="Grace">How long it is there beyond that.</param>
/// <param name="ByTrust">Whether it was held to what this instance knew of invalidations, rather than to what the shared level knows.</param>
internal readonly record struct SharedRead(
    bool Reached, Stamp Stamp, Content? Content = null, TimeSpan Remaining = default, TimeSpan Grace = default, bool ByTrust = false);
