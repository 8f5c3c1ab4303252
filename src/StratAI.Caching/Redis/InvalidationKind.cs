namespace StratAI.Caching.Redis;

/// <summary>What the names of an <see cref="InvalidationMessage"/> are; the values are on the wire.</summary>
internal enum InvalidationKind : byte
{
    Keys = (byte)'k',
    Tags = (byte)'t',
    All = (byte)'a',

    /// <summary>No invalidation and without a sequence: the values of these keys are no longer made by who made them; look again.</summary>
    Released = (byte)'r',

    /// <summary>The same, and there is no use in looking: the value cannot be cached.</summary>
    Abandoned = (byte)'n',
}
