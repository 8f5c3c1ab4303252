namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>Why a file's text was not read. The first three are also exit codes of the process that reads it, and no other try would end otherwise.</summary>
internal enum TextFailure
{
    Encrypted = 10,
    TooLarge = 11,
    Unreadable = 12,

    /// <summary>The bytes are gone or damaged.</summary>
    Missing,

    TimedOut,

    /// <summary>The process ended in another way: killed by the system, or out of stack.</summary>
    Crashed,

    /// <summary>Whoever tried has never said what came of it.</summary>
    Abandoned,
}

internal static class TextFailures
{
    /// <summary>Whether another try may end otherwise.</summary>
    public static bool MayPass(this TextFailure failure) => failure is TextFailure.TimedOut or TextFailure.Crashed;
}
