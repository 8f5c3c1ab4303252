namespace StratAI.Pagination.Internal;

/// <summary>A page that a walk was on.</summary>
internal sealed record WalkedPage<TId>(int Number, TId[] Ids, PageInfo Info);

/// <summary>One direction of a walk: what was met so far, and what has been there all the while.</summary>
internal sealed class WalkLeg<TId>(bool isForward, IReadOnlyCollection<TId> start)
    where TId : notnull
{
    private readonly Dictionary<TId, int> _met = [];
    private readonly List<WalkedPage<TId>> _pages = [];

    public string Name => isForward ? "the way there" : "the way back";

    public bool IsForward => isForward;

    public string OnwardName => isForward ? "nextCursor" : "prevCursor";

    public string BackwardName => isForward ? "prevCursor" : "nextCursor";

    /// <summary>The rows that have been there since the leg began.</summary>
    public HashSet<TId> Present { get; } = [.. start];

    public IReadOnlyList<WalkedPage<TId>> Pages => _pages;

    public WalkedPage<TId> Last => _pages[^1];

    /// <summary>What was met, in the list's order.</summary>
    public IEnumerable<TId> Order => (isForward ? _pages : _pages.AsEnumerable().Reverse()).SelectMany(page => page.Ids);

    /// <summary>Whether there is certainly something behind the traveller, for a cursor to lead back to.</summary>
    public bool HasBehind => _met.Keys.Any(Present.Contains);

    public string? Onward(PageInfo page) => isForward ? page.NextCursor : page.PrevCursor;

    public string? Backward(PageInfo page) => isForward ? page.PrevCursor : page.NextCursor;

    public void Add(WalkedPage<TId> page)
    {
        _pages.Add(page);
        foreach (var id in page.Ids)
        {
            _met[id] = page.Number;
        }
    }

    /// <summary>The page on which a row was met, if it was.</summary>
    public int? MetOn(TId id) => _met.TryGetValue(id, out var page) ? page : null;

    /// <summary>Rows that were there throughout and were not met.</summary>
    public IReadOnlyList<TId> Skipped() => [.. start.Where(id => Present.Contains(id) && !_met.ContainsKey(id))];

    /// <summary>Where a skipped row belongs, if <paramref name="reference"/> is in the order of what was met.</summary>
    public string? PlaceOf(TId skipped, IEnumerable<TId> reference)
    {
        var known = reference.ToList();
        var common = known.Where(_met.ContainsKey);
        if (!known.Contains(skipped) || !common.SequenceEqual(Order.Where(known.ToHashSet().Contains)))
        {
            return null;
        }

        // Going back, what lies behind the traveller lies behind in the list.
        var travelled = isForward ? known : known.AsEnumerable().Reverse();
        var passed = travelled.TakeWhile(id => !id.Equals(skipped)).Where(_met.ContainsKey).ToList();
        return passed.Count == 0
            ? $"it belongs on the first page of {Name}"
            : $"it belongs {(isForward ? "after" : "before")} row {WalkTrace.Show(passed[^1])} of page {_met[passed[^1]]}";
    }
}
