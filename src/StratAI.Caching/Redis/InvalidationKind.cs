namespace StratAI.Caching.Redis;

/// <summary>What the names of an <see cref="InvalidationMessage"/> are; the values are on the wire.</summary>
internal enum InvalidationKind : byte
{
    Keys = (byte)'k',
    Tags = (byte)'t',
    All = (byte)'a',
}
