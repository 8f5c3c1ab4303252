namespace StratAI.Caching.Internal;

/// <summary>The answer to a read of raw bytes.</summary>
/// <param name="Bytes">The entry, or <see langword="null"/> on a miss. Shared: not to be changed.</param>
/// <param name="Stamp">On a miss, the moment from which a value may be made that can be stored.</param>
/// <param name="Reached">Whether the shared level answered.</param>
internal readonly record struct RawRead(byte[]? Bytes, Stamp Stamp, bool Reached);
