namespace StratAI.Host.Features.Chat.Local;

/// <summary>A document to quote from: its file name, its text, and how many characters of the text are read.</summary>
internal readonly record struct LocalDocument(string Name, string Text, int Length)
{
    /// <summary>Whether a part of the text stays unread.</summary>
    public bool IsPartial => Length < Text.Length;

    public ReadOnlySpan<char> Slice(Passage passage) => Text.AsSpan(passage.Start, passage.Length);
}
