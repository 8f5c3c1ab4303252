using System.Numerics;

namespace StratAI.Host.Features.Chat.Local;

/// <summary>
/// How often each term of a question occurs in a text, and how many words the text has. Every operation takes time by the terms that occur, not by those
/// that the question has: most passages have none.
/// </summary>
internal sealed class TermCounts(Question question)
{
    private readonly int[] _counts = new int[question.Terms];
    private readonly char[] _buffer = new char[Term.MaximumLength];
    private uint _present;

    /// <summary>The number of words, those that the question does not look for included.</summary>
    public int Words { get; private set; }

    /// <summary>The weighted occurrences of the term with this number.</summary>
    public int this[int number] => _counts[number];

    public void Clear()
    {
        foreach (var number in Present())
        {
            _counts[number] = 0;
        }

        _present = 0;
        Words = 0;
    }

    /// <param name="text">The text to count in.</param>
    /// <param name="weight">What one occurrence counts.</param>
    public void Add(ReadOnlySpan<char> text, int weight)
    {
        foreach (var word in new WordReader(text))
        {
            Words++;
            if (question.TryFind(Term.Fold(word, _buffer), out var number))
            {
                _counts[number] += weight;
                _present |= 1u << number;
            }
        }
    }

    public void Add(TermCounts other)
    {
        foreach (var number in other.Present())
        {
            _counts[number] += other._counts[number];
        }

        _present |= other._present;
        Words += other.Words;
    }

    /// <summary>The numbers of the terms that occur, in order.</summary>
    public Bits Present() => new(_present);

    /// <summary>The set bits of a number, from the lowest.</summary>
    public struct Bits(uint left)
    {
        private uint _left = left;

        public int Current { get; private set; }

        public readonly Bits GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            Current = BitOperations.TrailingZeroCount(_left);
            _left &= _left - 1;
            return true;
        }
    }
}
