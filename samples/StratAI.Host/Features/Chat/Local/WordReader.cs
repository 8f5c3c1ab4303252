using System.Globalization;
using System.Text;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// Reads the words of a text as they stand: runs of letters and digits of any script with the marks that belong to them. Chinese characters and Japanese
/// kana, written without spaces, are a word each, as in the word boundaries of UAX #29 (Chinese characters and hiragana). Unpaired surrogates separate words.
/// </summary>
internal ref struct WordReader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _position;

    private enum Kind
    {
        Separator,
        Letter,
        Mark,
        Ideograph,
    }

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly WordReader GetEnumerator() => this;

    public bool MoveNext()
    {
        for (var start = _position; start < _text.Length; start = _position)
        {
            var kind = Classify(_text[start..], out var length);
            _position = start + length;
            if (kind is Kind.Separator or Kind.Mark)
            {
                continue;
            }

            SkipRest(lettersToo: kind == Kind.Letter);
            Current = _text[start.._position];
            return true;
        }

        return false;
    }

    private void SkipRest(bool lettersToo)
    {
        while (_position < _text.Length)
        {
            var kind = Classify(_text[_position..], out var length);
            if (kind != Kind.Mark && !(lettersToo && kind == Kind.Letter))
            {
                return;
            }

            _position += length;
        }
    }

    private static Kind Classify(ReadOnlySpan<char> text, out int length)
    {
        if (char.IsAscii(text[0]))
        {
            length = 1;
            return char.IsAsciiLetterOrDigit(text[0]) ? Kind.Letter : Kind.Separator;
        }

        // An unpaired surrogate comes out as U+FFFD, which is a symbol.
        Rune.DecodeFromUtf16(text, out var rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.OtherLetter => IsIdeograph(rune.Value) ? Kind.Ideograph : Kind.Letter,
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber => Kind.Letter,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Kind.Mark,
            _ => Kind.Separator,
        };
    }

    private static bool IsIdeograph(int value) =>
        value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
