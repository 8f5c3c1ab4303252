namespace StratAI.Storage.Internal;

/// <summary>Whether the request behind a failure may be made again.</summary>
internal enum Repetition
{
    /// <summary>It would fail again, or it is not known that it would not harm.</summary>
    Never,

    /// <summary>The server may have done it: only where doing it twice is as doing it once.</summary>
    IfHarmless,

    /// <summary>The server has not done it.</summary>
    Always,
}
