namespace StratAI.Caching.Internal;

/// <summary>A serialised value with the tags it was stored under.</summary>
internal sealed record Content(ReadOnlyMemory<byte> Body, bool IsNull, string[] Tags);
