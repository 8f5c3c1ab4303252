namespace StratAI.Caching.Testing;

/// <summary>A Redis sorted set.</summary>
internal sealed class ScoredSet
{
    private readonly Dictionary<string, double> _scores = new(StringComparer.Ordinal);
    private readonly SortedSet<(double Score, string Member)> _order = new(Comparer<(double Score, string Member)>.Create((one, other) =>
        one.Score.CompareTo(other.Score) is var byScore and not 0 ? byScore : string.CompareOrdinal(one.Member, other.Member)));

    public int Count => _scores.Count;

    public IReadOnlyCollection<(double Score, string Member)> Members => _order;

    public double? ScoreOf(string member) => _scores.TryGetValue(member, out var score) ? score : null;

    public void Add(string member, double score)
    {
        Remove(member);
        _scores[member] = score;
        _order.Add((score, member));
    }

    public void Remove(string member)
    {
        if (_scores.Remove(member, out var score))
        {
            _order.Remove((score, member));
        }
    }

    public ScoredSet Copy()
    {
        var copy = new ScoredSet();
        foreach (var (score, member) in _order)
        {
            copy.Add(member, score);
        }

        return copy;
    }

    /// <summary>The members with the lowest scores, ascending.</summary>
    public List<(double Score, string Member)> Lowest(int count) => [.. _order.Take(count)];
}
