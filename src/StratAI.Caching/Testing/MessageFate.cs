namespace StratAI.Caching.Testing;

/// <summary>What becomes of a message on its way to a node.</summary>
internal enum MessageFate
{
    Arrives,

    /// <summary>Never arrives.</summary>
    Lost,

    /// <summary>Arrives when it is released, after others that were published later.</summary>
    Late,
}
