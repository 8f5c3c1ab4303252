using CsCheck;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Tests.Local;

public sealed class TermTests
{
    [Theory]
    [InlineData("snake_case x-ray 3.5€ don't", "snake|case|x|ray|3|5|don|t")]
    [InlineData("l’été, cafe\u0301 ÅNGSTRÖM", "l|été|cafe\u0301|ÅNGSTRÖM")]
    [InlineData("東京へ 한국어 ひらがな", "東|京|へ|한국어|ひ|ら|が|な")]
    [InlineData("東京ABC市1", "東|京|ABC|市|1")]
    [InlineData("か\u3099 \u0301a", "か\u3099|a")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("𝒳𝒴 😀 \ud800a\udc00b", "𝒳𝒴|a|b")]
    [InlineData("", "")]
    public void Words_are_read_as_they_stand(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', Words(text)));
    }

    [Theory]
    [InlineData("Straße", "STRAßE")]
    [InlineData("Éclair", "ECLAIR")]
    [InlineData("İstanbul", "ISTANBUL")]
    [InlineData("σος", "ΣΟΣ")]
    [InlineData("Ǆabc", "ǄABC")]
    public void A_term_has_neither_case_nor_accents(string word, string term)
    {
        Assert.Equal(term, Fold(word));
    }

    [Theory]
    [InlineData("days", "day")]
    [InlineData("boxes", "box")]
    [InlineData("buses", "bus")]
    [InlineData("classes", "class")]
    [InlineData("caches", "cache")]
    [InlineData("dishes", "dish")]
    [InlineData("expenses", "expense")]
    [InlineData("houses", "house")]
    [InlineData("policies", "policy")]
    [InlineData("movies", "movie")]
    [InlineData("employees", "employee")]
    [InlineData("notes", "note")]
    public void A_plural_meets_its_singular(string plural, string singular)
    {
        Assert.Equal(Fold(singular), Fold(plural));
    }

    [Theory]
    [InlineData("plane", "plan")]
    [InlineData("notes", "not")]
    [InlineData("cares", "car")]
    [InlineData("status", "statu")]
    [InlineData("analysis", "analysi")]
    [InlineData("gas", "ga")]
    [InlineData("Äpfel", "Bpfel")]
    public void Different_words_stay_different(string one, string other)
    {
        Assert.NotEqual(Fold(one), Fold(other));
    }

    [Fact]
    public void A_very_long_word_is_compared_by_its_beginning()
    {
        var prefix = new string('x', Term.MaximumWord - 1);

        Assert.Equal(Fold(prefix + "ab"), Fold(prefix + "ac"));
        Assert.NotEqual(Fold(prefix + "a"), Fold(prefix + "b"));
        Assert.Equal(Fold(prefix), Fold(prefix + "𝒳"));
    }

    [Fact]
    public void Any_text_can_be_read_and_folded()
    {
        var character = Gen.OneOf(
            Gen.Char, Gen.Char['A', '\u024F'], Gen.Char['\ud800', '\udfff'], Gen.Char['\u0300', '\u036f'], Gen.OneOf('\u1f82', '\ufdfa', '\uac01'));

        character.Array[0, 200].Select(characters => new string(characters)).Sample(
            text =>
            {
                var position = 0;
                foreach (var word in Words(text))
                {
                    position = text.IndexOf(word, position, StringComparison.Ordinal) + word.Length;
                    Assert.InRange(Fold(word).Length, 1, Term.MaximumLength);
                }

                return position <= text.Length;
            },
            iter: 5000);
    }

    [Fact]
    public void The_longest_decomposition_fits()
    {
        // U+1F82 decomposes to four characters, the most that any does.
        Assert.Equal(new string('Α', Term.MaximumWord), Fold(new string('\u1f82', Term.MaximumWord)));
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var word in new WordReader(text))
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static string Fold(string word)
    {
        Span<char> buffer = stackalloc char[Term.MaximumLength];
        return Term.Fold(word, buffer).ToString();
    }
}
