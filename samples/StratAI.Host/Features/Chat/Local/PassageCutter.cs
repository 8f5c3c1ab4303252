using System.Buffers;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>Cuts a paragraph or row that is too long to quote into pieces: at the end of a sentence, else between words, else where it must.</summary>
internal static class PassageCutter
{
    /// <summary>The longest passage in UTF-16 code units.</summary>
    public const int MaximumLength = 600;

    /// <summary>A sentence may end a piece from here on; earlier ends would leave pieces too short to answer anything.</summary>
    private const int MinimumLength = 200;

    private static readonly SearchValues<char> Separators = SearchValues.Create(",;|&}])>");

    /// <summary>Whether the block is a passage as it stands.</summary>
    public static bool IsWhole(LocalDocument document, Passage block) => block.Length <= MaximumLength && !EndsUnread(document, block);

    public static IEnumerable<Passage> Cut(LocalDocument document, Passage block)
    {
        var start = block.Start;
        var end = block.Start + block.Length;
        var cutBefore = false;
        while (end - start > MaximumLength)
        {
            var window = document.Text.AsSpan(start, MaximumLength + 1);
            var sentence = SentenceEnd(window);
            var length = sentence > 0 ? sentence : WordEnd(window);
            var piece = window[..length].TrimEnd().Length;
            yield return new(start, piece, CutBefore: cutBefore, CutAfter: sentence == 0);

            cutBefore = sentence == 0;
            start += length;
            start += end - start - document.Text.AsSpan(start, end - start).TrimStart().Length;
        }

        yield return new(start, end - start, CutBefore: cutBefore, CutAfter: EndsUnread(document, block));
    }

    /// <summary>Whether the block goes on where reading the document stopped.</summary>
    private static bool EndsUnread(LocalDocument document, Passage block) => document.IsPartial && block.Start + block.Length == document.Length;

    /// <summary>Where the window's last sentence ends, or 0. The window is one character longer than a piece may be, to see what follows.</summary>
    private static int SentenceEnd(ReadOnlySpan<char> window)
    {
        for (var end = window.Length - 1; end >= MinimumLength; end--)
        {
            var last = window[end - 1];
            if (last is '。' or '！' or '？' || (char.IsWhiteSpace(window[end]) && EndsSentence(window[..end])))
            {
                return end;
            }
        }

        return 0;
    }

    private static bool EndsSentence(ReadOnlySpan<char> text)
    {
        var words = text.TrimEnd("\"'”’)]*_");
        return !words.IsEmpty && words[^1] is '.' or '!' or '?' or '…';
    }

    private static int WordEnd(ReadOnlySpan<char> window)
    {
        for (var end = window.Length - 1; end > 0; end--)
        {
            if (char.IsWhiteSpace(window[end]))
            {
                return end;
            }
        }

        var separator = window[..^1].LastIndexOfAny(Separators);
        return separator >= 0 ? separator + 1 : char.IsHighSurrogate(window[^2]) ? window.Length - 2 : window.Length - 1;
    }
}
