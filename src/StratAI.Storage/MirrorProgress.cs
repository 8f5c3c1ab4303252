namespace StratAI.Storage;

/// <summary>How far a copy to a mirror has come.</summary>
/// <param name="LastKey">
/// Every object up to this key is done: the <c>after</c> of a copy that goes on from here; <see langword="null"/> before the first.
/// </param>
/// <param name="Compared">Objects of the store that were looked at.</param>
/// <param name="Copied">Those that the mirror did not have as they are, and has now.</param>
/// <param name="CopiedBytes">Their size.</param>
/// <param name="Failed">Those that could not be copied, for instance because their file is damaged.</param>
/// <param name="OnlyInMirror">Objects that the mirror alone has. They are left as they are.</param>
public sealed record MirrorProgress(string? LastKey, long Compared, long Copied, long CopiedBytes, long Failed, long OnlyInMirror);
