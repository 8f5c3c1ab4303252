namespace StratAI.Storage;

/// <summary>A run of bytes of an object: what <see cref="IObjectStore.GetAsync"/> is asked for, and what it answered.</summary>
/// <param name="Offset">First byte, counted from 0; not negative.</param>
/// <param name="Length">Number of bytes, at least 1; <see langword="null"/> means to the end. A run that reaches past the end is cut
/// there.</param>
public readonly record struct ByteRange(long Offset, long? Length = null);
