namespace StratAI.Host.Features.Chat.Local;

/// <summary>A stretch of a document's text, trimmed, that can be quoted as it stands.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its length in UTF-16 code units.</param>
/// <param name="Level">For a heading its level, 1 to 6, and 0 for anything else.</param>
/// <param name="CutBefore">It begins in the midst of a sentence or row that was too long.</param>
/// <param name="CutAfter">It ends in the midst of one.</param>
internal readonly record struct Passage(int Start, int Length, int Level = 0, bool CutBefore = false, bool CutAfter = false);
