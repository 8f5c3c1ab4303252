namespace StratAI.Host.Features.Chat.Local;

/// <summary>A passage that matches the question, with its document, the innermost heading it stands under, and its BM25 score.</summary>
internal sealed record RankedPassage(LocalDocument Document, Passage Passage, Passage? Heading, double Score)
{
    public ReadOnlySpan<char> Text => Document.Slice(Passage);
}
