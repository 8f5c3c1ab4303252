namespace StratAI.Host.Features.Chat.Local;

/// <summary>The distinct terms that a question looks for, numbered in its order: its words without those that only make it a question.</summary>
internal sealed class Question
{
    /// <summary>How many terms count; a longer question is cut there, so that they fit the bits of <see cref="TermCounts"/>.</summary>
    public const int MaximumTerms = 32;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> StopTerms = ReadStopTerms(
        """
        a about all am an and any are as at be been but by can could did do does for from give had has have how i if in into is it its like many me more most
        much my of on or our please s say says she should so some t tell than that the their them there these they this those to was we were what when where
        which who whom whose why will with would you your he him her his us
        """);

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbers;

    private Question(Dictionary<string, int> numbers) => _numbers = numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many terms there are, from none to <see cref="MaximumTerms"/>.</summary>
    public int Terms => _numbers.Dictionary.Count;

    public static Question Parse(string text)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        Span<char> buffer = stackalloc char[Term.MaximumLength];
        foreach (var word in new WordReader(text))
        {
            var term = Term.Fold(word, buffer);
            if (!StopTerms.Contains(term) && numbers.TryAdd(term.ToString(), numbers.Count) && numbers.Count == MaximumTerms)
            {
                break;
            }
        }

        return new(numbers);
    }

    /// <summary>The number of the term, if the question has it.</summary>
    public bool TryFind(ReadOnlySpan<char> term, out int number) => _numbers.TryGetValue(term, out number);

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> ReadStopTerms(string words)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        Span<char> buffer = stackalloc char[Term.MaximumLength];
        foreach (var word in new WordReader(words))
        {
            terms.Add(Term.Fold(word, buffer).ToString());
        }

        return terms.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
