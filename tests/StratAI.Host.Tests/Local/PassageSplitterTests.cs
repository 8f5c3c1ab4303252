using CsCheck;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Tests.Local;

public sealed class PassageSplitterTests
{
    [Theory]
    [InlineData("a.txt", "One\ntwo.\n\n  Three.  \r\n \t \r\nFour", "One\ntwo.¦Three.¦Four")]
    [InlineData("a.txt", "List:\n- one\n  more\n* two\n12. three\n4) four\n-5 degrees", "List:¦- one\n  more¦* two¦12. three¦4) four\n-5 degrees")]
    [InlineData("a.txt", "# no heading", "# no heading")]
    [InlineData("a.md", "# Title\n\nText\n## Sub ##\nmore", "1:Title¦Text¦2:Sub¦more")]
    [InlineData("a.md", "\uFEFF# Title\n\nText", "1:Title¦Text")]
    [InlineData("a.md", "# C#\nText\n#### ##\n# #\nmore", "1:C#¦Text\n#### ##\n# #\nmore")]
    [InlineData("a.md", "#tag\n####### seven", "#tag\n####### seven")]
    [InlineData("a.md", "```\n# comment\n```\n# Title\nText", "```\n# comment\n```¦1:Title¦Text")]
    [InlineData("a.md", "# Call 112\n# Empty\n## Sub\nText\n# End", "1:Call 112¦Call 112¦1:Empty¦2:Sub¦Text¦1:End¦End")]
    [InlineData("a.md", "| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |¦|---|---|¦| 1 | 2 |")]
    [InlineData("a.CSV", "\nname,room\n\nAda,1\nBob,2", "1:name,room¦Ada,1¦Bob,2")]
    [InlineData("a.csv", "name,room", "1:name,room¦name,room")]
    [InlineData("a.json", "{\n  \"a\": 1,\n  \"b\": 2\n}", "{¦\"a\": 1,¦\"b\": 2¦}")]
    [InlineData("a.txt", " \n\t\n", "")]
    public void A_text_is_split_by_its_kind(string name, string text, string expected)
    {
        Assert.Equal(expected, string.Join('¦', Split(name, text).Select(passage => (passage.Level > 0 ? $"{passage.Level}:" : "") + passage.Text)));
    }

    [Fact]
    public void A_long_paragraph_is_cut_after_sentences()
    {
        var sentence = "This sentence has exactly so many words, and it ends (as all do) with a \"stop.\" ";

        var passages = Split("a.txt", string.Concat(Enumerable.Repeat(sentence, 30)));

        Assert.Equal(30, passages.Sum(passage => passage.Text.Split("This sentence").Length - 1));
        Assert.All(passages, passage =>
        {
            Assert.StartsWith("This sentence", passage.Text, StringComparison.Ordinal);
            Assert.EndsWith("\"stop.\"", passage.Text, StringComparison.Ordinal);
            Assert.False(passage.CutBefore || passage.CutAfter);
        });
    }

    [Theory]
    [InlineData('。')]
    [InlineData('？')]
    [InlineData('！')]
    public void Sentences_without_spaces_between_them_are_not_cut(char end)
    {
        var passages = Split("a.txt", string.Concat(Enumerable.Repeat("来週は、東京へ行きます" + end, 60)));

        Assert.True(passages.Count > 1);
        Assert.All(passages, passage => Assert.True(passage.Text[^1] == end && !passage.CutBefore && !passage.CutAfter, passage.Text));
    }

    [Fact]
    public void A_sentence_without_end_is_cut_between_words_and_marked()
    {
        var passages = Split("a.txt", string.Join(' ', Enumerable.Range(1000, 300)));

        Assert.Equal([(false, true), (true, true), (true, false)], passages.Select(passage => (passage.CutBefore, passage.CutAfter)));
        Assert.All(passages, passage => Assert.All(passage.Text.Split(' '), word => Assert.Equal(4, word.Length)));
    }

    [Fact]
    public void A_text_without_spaces_is_cut_after_a_comma_and_never_within_a_character()
    {
        var compact = Split("a.json", "[" + string.Join(',', Enumerable.Range(1000, 300)) + "]");
        var faces = Split("a.txt", "x" + string.Concat(Enumerable.Repeat("\ud83d\ude00", 500)));

        Assert.All(compact.SkipLast(1), passage => Assert.EndsWith(",", passage.Text, StringComparison.Ordinal));
        Assert.True(faces.Count > 1);
        Assert.All(faces, passage => Assert.False(char.IsLowSurrogate(passage.Text[0]) || char.IsHighSurrogate(passage.Text[^1])));
    }

    [Fact]
    public void Passages_keep_every_word_in_order_once()
    {
        var piece = Gen.OneOf(
            "word", "Zoë", "42", "日本", "😀", "\ud800", "#", "## ", "####### ", "- ", "12. ", "| ", "\n", "\n\n", "\r\n", "\r", ". ", "? ", "。", " ",
            "\t", "```\n", ",", "”", "\u0301", "\uFEFF",
            string.Concat(Enumerable.Repeat("long ", 150)), string.Concat(Enumerable.Repeat("終わり。", 200)), string.Concat(Enumerable.Repeat("a,", 400)));
        var name = Gen.OneOf("a.md", "b.txt", "c.csv", "d.json");

        Gen.Select(name, piece.Array[0, 60].Select(string.Concat)).Sample(
            (name, text) =>
            {
                var read = new List<string>();
                var end = 0;
                foreach (var passage in PassageSplitter.Split(LocalChat.Whole(name, text)))
                {
                    var repeated = passage.Start < end;
                    Assert.InRange(passage.Length, 1, PassageCutter.MaximumLength);
                    Assert.False(repeated && passage.Start + passage.Length != end, "Only a whole heading may come again.");
                    if (!repeated)
                    {
                        read.AddRange(Words(text.Substring(passage.Start, passage.Length)));
                        end = passage.Start + passage.Length;
                    }
                }

                Assert.Equal(Words(text), read);
            },
            iter: 2000);
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

    private static List<(string Text, int Level, bool CutBefore, bool CutAfter)> Split(string name, string text) =>
    [
        .. PassageSplitter.Split(LocalChat.Whole(name, text))
            .Select(passage => (text.Substring(passage.Start, passage.Length), passage.Level, passage.CutBefore, passage.CutAfter)),
    ];
}
