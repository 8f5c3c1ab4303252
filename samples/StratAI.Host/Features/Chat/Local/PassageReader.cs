namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// Reads the passages of documents with what a question's terms count in each. A passage is counted together with the headings it stands under, as a section
/// rarely repeats what its heading said; what the passage itself says counts twice, so that it outranks its neighbours of the same section.
/// </summary>
internal sealed class PassageReader
{
    private const int HeadingWeight = 1;
    private const int PassageWeight = 2;

    // By level; entry 0 is the sum of all. Each heading is counted once, however many passages stand under it.
    private readonly TermCounts[] _headings = new TermCounts[7];

    public PassageReader(Question question)
    {
        for (var level = 0; level < _headings.Length; level++)
        {
            _headings[level] = new(question);
        }

        Counts = new(question);
    }

    /// <summary>The counts of the passage that was read last. They change with the next one.</summary>
    public TermCounts Counts { get; }

    /// <summary>The innermost heading over the passage that was read last, if there is one.</summary>
    public Passage? Heading { get; private set; }

    /// <summary>The passages that have words, in the document's order.</summary>
    public IEnumerable<Passage> Read(LocalDocument document, CancellationToken cancellation)
    {
        Enter(document, null);
        foreach (var passage in PassageSplitter.Split(document))
        {
            cancellation.ThrowIfCancellationRequested();
            if (passage.Level > 0)
            {
                Enter(document, passage);
                continue;
            }

            Counts.Clear();
            Counts.Add(document.Slice(passage), PassageWeight);
            if (Counts.Words > 0)
            {
                Counts.Add(_headings[0]);
                yield return passage;
            }
        }
    }

    private void Enter(LocalDocument document, Passage? heading)
    {
        Heading = heading;
        var first = heading?.Level ?? 1;
        foreach (var inner in _headings.AsSpan(first))
        {
            inner.Clear();
        }

        if (heading is { } entered)
        {
            _headings[first].Add(document.Slice(entered), HeadingWeight);
        }

        _headings[0].Clear();
        foreach (var level in _headings.AsSpan(1))
        {
            _headings[0].Add(level);
        }
    }
}
