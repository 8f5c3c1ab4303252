using System.Globalization;
using System.Text;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// Turns a word into the term that is compared: without accents (canonical decomposition, its non-spacing marks dropped), in upper case, without an English
/// plural ending. Upper case because it folds more than lower case does: ς and σ are both Σ.
/// </summary>
internal static class Term
{
    /// <summary>The length in UTF-16 code units at which a word is cut before it is compared: what is longer is encoded data, no word.</summary>
    public const int MaximumWord = 64;

    /// <summary>The space that any term needs. Canonical decomposition makes a text up to four times as long in UTF-16 (Unicode's NFD expansion factor).</summary>
    public const int MaximumLength = 4 * MaximumWord;

    /// <param name="word">A word from <see cref="WordReader"/>.</param>
    /// <param name="buffer">At least <see cref="MaximumLength"/> characters; the term is a slice of it.</param>
    public static ReadOnlySpan<char> Fold(ReadOnlySpan<char> word, Span<char> buffer)
    {
        if (word.Length > MaximumWord)
        {
            word = word[..(char.IsHighSurrogate(word[MaximumWord - 1]) ? MaximumWord - 1 : MaximumWord)];
        }

        // Chinese characters have neither case nor accents, and as words of their own they are many.
        if (word is [>= '\u3400' and <= '\u9FFF'])
        {
            word.CopyTo(buffer);
            return buffer[..1];
        }

        if (Ascii.ToUpper(word, buffer, out var length) != System.Buffers.OperationStatus.Done)
        {
            length = FoldUnicode(word, buffer);
        }

        return WithoutPlural(buffer[..length]);
    }

    private static int FoldUnicode(ReadOnlySpan<char> word, Span<char> buffer)
    {
        Span<char> decomposed = stackalloc char[MaximumLength];
        if (!word.TryNormalize(decomposed, out var length, NormalizationForm.FormD))
        {
            return word.ToUpperInvariant(buffer);
        }

        var kept = 0;
        foreach (var character in decomposed[..length])
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
            {
                decomposed[kept++] = character;
            }
        }

        return ((ReadOnlySpan<char>)decomposed[..kept]).ToUpperInvariant(buffer);
    }

    /// <summary>
    /// A plural and its singular become the same term: the S of the plural goes (Harman, "How effective is suffixing?", 1991), then the E that may have come
    /// with it, from singulars too, so that BOX and BOXES, CACHE and CACHES, POLICY and POLICIES, MOVIE and MOVIES meet.
    /// </summary>
    private static ReadOnlySpan<char> WithoutPlural(Span<char> term)
    {
        if (term.Length < 4)
        {
            return term;
        }

        if (term[^1] == 'S' && term[^2] is not ('S' or 'U' or 'I'))
        {
            term = term[..^1];
        }

        if (term.Length > 4 && term.EndsWith("IE"))
        {
            term = term[..^1];
            term[^1] = 'Y';
        }
        else if (term.Length >= 4 && term[^1] == 'E' && (term[^2] is 'S' or 'X' or 'Z' || term.EndsWith("CHE") || term.EndsWith("SHE")))
        {
            term = term[..^1];
        }

        return term;
    }
}
