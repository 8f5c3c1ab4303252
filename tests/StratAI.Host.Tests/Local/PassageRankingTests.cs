using System.Diagnostics;
using System.Text;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Tests.Local;

public sealed class PassageRankingTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Fact]
    public void A_rare_term_outweighs_a_common_one()
    {
        var ranked = LocalChat.Rank(
            "project Borealis",
            ("a.txt", "The project is late.\n\nThe project is early.\n\nThe project has plans.\n\nBorealis is cancelled.\n\nNo project ends."));

        Assert.Equal("Borealis is cancelled.", ranked[0].Text.ToString());
    }

    [Fact]
    public void Of_two_passages_with_the_same_term_the_shorter_is_first()
    {
        var ranked = LocalChat.Rank("budget", ("a.txt", "The budget, which was talked of at great length on many evenings, grew.\n\nThe budget grew."));

        Assert.Equal(["The budget grew.", "The budget, which was talked of at great length on many evenings, grew."], ranked.Select(passage => passage.Text.ToString()));
    }

    [Fact]
    public void Repeating_a_term_cannot_beat_covering_the_question()
    {
        var ranked = LocalChat.Rank("budget approval", ("a.txt", "budget budget budget budget budget budget.\n\nThe approval of the budget is due."));

        Assert.Equal("The approval of the budget is due.", ranked[0].Text.ToString());
    }

    [Theory]
    [InlineData("resume", "The RÉSUMÉ was read.")]
    [InlineData("Résumé", "The resume was read.")]
    [InlineData("re\u0301sume\u0301", "The résumé was read.")]
    [InlineData("ΛΌΓΟΣ", "Ο λόγος ήταν σύντομος.")]
    [InlineData("ёлка", "Новогодняя ЕЛКА")]
    [InlineData("policies", "The policy was read.")]
    [InlineData("東京", "来週は東京へ行きます。")]
    public void Case_accents_and_plurals_do_not_matter(string question, string text)
    {
        Assert.Equal(text, Assert.Single(LocalChat.Rank(question, ("a.txt", text))).Text.ToString());
    }

    [Fact]
    public void What_stands_under_a_heading_is_found_by_it()
    {
        var ranked = LocalChat.Rank(
            "parental leave",
            ("a.md", "# Rules\n\n## Parental leave\n\nIt lasts six months.\n\nAsk early.\n\n## Lunch\n\nIt lasts one hour."));

        Assert.Equal(["Ask early.", "It lasts six months."], ranked.Select(passage => passage.Text.ToString()).Order());
    }

    [Fact]
    public void What_a_passage_says_itself_counts_more_than_its_heading()
    {
        var ranked = LocalChat.Rank("vacation", ("a.md", "## Vacation\n\nAsk early.\n\nVacation is granted after a trial period of six months."));

        Assert.Equal("Vacation is granted after a trial period of six months.", ranked[0].Text.ToString());
    }

    [Fact]
    public void Of_equal_passages_those_that_come_first_are_kept_in_order()
    {
        var ranked = LocalChat.Rank("budget", ("a.txt", "budget one\n\nbudget two"), ("b.txt", "budget three\n\nbudget four"));

        Assert.Equal(["budget one", "budget two", "budget three"], ranked.Select(passage => passage.Text.ToString()));
    }

    [Fact]
    public void One_word_of_three_is_a_match_in_a_document_of_one_passage()
    {
        Assert.Single(LocalChat.Rank("vacation entitlement duration", ("a.txt", "Vacation: 25.")));
    }

    [Fact]
    public void Outer_headings_count_and_closed_ones_do_not()
    {
        var ranked = LocalChat.Rank("Berlin opening", ("a.md", "# Berlin\n## Opening\nAt nine.\n# Paris\n## Opening\nAt ten."));

        Assert.Equal("At nine.", Assert.Single(ranked).Text.ToString());
    }

    [Fact]
    public void The_headings_of_one_document_do_not_reach_the_next()
    {
        var ranked = LocalChat.Rank("Berlin", ("a.md", "# Berlin\n\nAt nine."), ("b.md", "At ten."));

        Assert.Equal("At nine.", Assert.Single(ranked).Text.ToString());
    }

    [Fact]
    public void A_text_in_two_documents_is_kept_once_from_the_first()
    {
        var ranked = LocalChat.Rank("budget", ("area.txt", "The budget grew."), ("space.txt", "The budget grew."));

        Assert.Equal("area.txt", Assert.Single(ranked).Document.Name);
    }

    [Fact]
    public void At_most_three_passages_are_kept_and_the_best_ones()
    {
        // The longer the passage, the lower its score: the best ones come last.
        var text = string.Join("\n\n", Enumerable.Range(0, 8).Select(number => "budget" + string.Concat(Enumerable.Repeat(" word", 8 - number))));

        var ranked = LocalChat.Rank("budget", ("a.txt", text));

        Assert.Equal(["budget word", "budget word word", "budget word word word"], ranked.Select(passage => passage.Text.ToString()));
    }

    [Fact]
    public void Passages_far_below_the_best_are_dropped()
    {
        var ranked = LocalChat.Rank(
            "warranty period of the north gate pump",
            ("a.txt", "The warranty period of the north gate pump is two years.\n\nThe wind came from the north.\n\nThe garden is large."));

        Assert.StartsWith("The warranty period", Assert.Single(ranked).Text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_common_word_alone_is_no_match()
    {
        var text = string.Join("\n\n", Enumerable.Range(0, 100).Select(number => $"The company did thing {number}."));

        Assert.Empty(LocalChat.Rank("Does the company keep llamas or alpacas?", ("a.txt", text)));
        Assert.Single(LocalChat.Rank("Does the company keep llamas or alpacas?", ("a.txt", text + "\n\nLlamas live in the yard.")));
    }

    [Fact]
    public void A_long_question_is_cut_at_the_term_limit()
    {
        var words = Enumerable.Range(0, 2000).Select(number => $"term{number}");

        var question = Question.Parse(string.Join(' ', words));

        Assert.Equal(Question.MaximumTerms, question.Terms);
        Assert.True(question.TryFind("TERM31", out var number));
        Assert.Equal(31, number);
        Assert.False(question.TryFind("TERM32", out _));
    }

    [Fact]
    public void A_needle_in_ten_megabytes_is_found()
    {
        var text = new StringBuilder(TenMegabytes + 1024);
        for (var number = 0; text.Length < TenMegabytes; number++)
        {
            text.Append("Paragraph ").Append(number).Append(" speaks of the weather, of the garden and of people who met on the way.\n\n");
            if (number == 60_000)
            {
                text.Append("The combination of the safe is 4711.\n\n");
            }
        }

        var started = Stopwatch.GetTimestamp();
        var ranked = LocalChat.Rank("What is the combination of the safe?", ("big.txt", text.ToString()));

        Assert.Equal("The combination of the safe is 4711.", Assert.Single(ranked).Text.ToString());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
    }

    [Theory]
    [InlineData("a.txt", "a\n\n")]
    [InlineData("a.txt", "x")]
    [InlineData("a.txt", " ")]
    [InlineData("a.txt", "\n")]
    [InlineData("a.txt", "x ")]
    [InlineData("a.txt", ". ")]
    [InlineData("a.txt", "” ")]
    [InlineData("a.txt", "”")]
    [InlineData("a.txt", ",")]
    [InlineData("a.txt", "é")]
    [InlineData("a.txt", "\u0301")]
    [InlineData("a.txt", "漢")]
    [InlineData("a.txt", "\ud83d\ude00")]
    [InlineData("a.txt", "\ud800")]
    [InlineData("a.md", "# x\n")]
    [InlineData("a.md", "###### x y\n\n")]
    [InlineData("a.md", "- x\n")]
    [InlineData("a.md", "#")]
    [InlineData("a.md", "1")]
    [InlineData("a.csv", "x,y\n")]
    [InlineData("a.json", "{\"x\":[")]
    public void Whatever_a_text_is_made_of_time_and_memory_stay_bounded(string name, string unit)
    {
        var document = LocalChat.Whole(name, string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
        var question = Question.Parse("x é 漢 a " + string.Join(' ', Enumerable.Range(0, 40).Select(number => $"term{number}")));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();

        PassageRanking.Rank([document], question, CancellationToken.None);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
        // Half the text's own size: allocating anything per passage or word takes more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, document.Text.Length);
    }

    // Many times what a slow machine needs, and far below what anything quadratic would take.
    private static TimeSpan Bound => TimeSpan.FromSeconds(30);
}
