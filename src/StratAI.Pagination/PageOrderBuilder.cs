using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>Declares by what a list can be sorted.</summary>
/// <typeparam name="T">A row, as the page statement's SELECT list is read.</typeparam>
public sealed class PageOrderBuilder<T>
{
    private readonly List<SortKey<T>> _keys = [];
    private SortKey<T>? _tieBreaker;
    private string? _default;

    internal PageOrderBuilder()
    {
    }

    /// <summary>Allows clients to sort by <paramref name="name"/>.</summary>
    /// <typeparam name="TKey">
    /// An integer (not <see cref="ulong"/>), an enum stored as an integer, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="decimal"/>, <see cref="bool"/>, <see cref="string"/>, <see cref="Guid"/>, <see cref="DateTime"/>,
    /// <see cref="DateTimeOffset"/> or <see cref="DateOnly"/>, or one of these nullable.
    /// </typeparam>
    /// <param name="name">The public name: letters, digits, <c>_</c> and <c>.</c>.</param>
    /// <param name="sql">
    /// The column or expression that the engine sorts by. It appears in ORDER BY and in the seek predicate, so both agree; it is code,
    /// never input.
    /// </param>
    /// <param name="value">Reads the same value off a row, unrounded: what the engine compares with must be what it stored.</param>
    /// <param name="nullable">Whether it can be null. Nulls come last in both directions.</param>
    /// <exception cref="ArgumentException">The name is taken or malformed, or the type is not one that a cursor can hold.</exception>
    public PageOrderBuilder<T> Key<TKey>(string name, string sql, Func<T, TKey> value, bool nullable = false)
    {
        var key = SortKey<T>.Create(name, sql, value, nullable);
        if (_keys.Any(other => other.Name == name))
        {
            throw new ArgumentException($"The sort key '{name}' is declared twice.", nameof(name));
        }

        _keys.Add(key);
        return this;
    }

    /// <summary>
    /// Names the key that makes the order total: unique among the rows of the list and never null, such as the primary key. It is always
    /// appended, in the direction of the last requested key. Clients can sort by it only when it is declared as a <see cref="Key"/> of the
    /// same name too.
    /// </summary>
    /// <exception cref="ArgumentException">There is one already, or the name or type is refused as in <see cref="Key"/>.</exception>
    public PageOrderBuilder<T> TieBreaker<TKey>(string name, string sql, Func<T, TKey> value)
    {
        if (_tieBreaker is not null)
        {
            throw new ArgumentException($"There is a tie-breaker already: '{_tieBreaker.Name}'.", nameof(name));
        }

        _tieBreaker = SortKey<T>.Create(name, sql, value, nullable: false);
        return this;
    }

    /// <summary>
    /// The order of a request that names none, written as a client would: <c>-createdAt</c>. Without it, the tie-breaker ascending.
    /// </summary>
    public PageOrderBuilder<T> Default(string sort)
    {
        ArgumentException.ThrowIfNullOrEmpty(sort);
        _default = sort;
        return this;
    }

    internal PageOrder<T> Build()
    {
        var tieBreaker = _tieBreaker
            ?? throw new InvalidOperationException("A page order needs a tie-breaker: without a unique last key, ties are skipped or repeated.");
        if (_keys.Find(key => key.Name == tieBreaker.Name) is { } twin
            && (twin.Sql != tieBreaker.Sql || twin.Kind != tieBreaker.Kind || twin.IsNullable))
        {
            throw new InvalidOperationException($"The sort key '{twin.Name}' has the tie-breaker's name but another SQL, type or nullability.");
        }

        return new([.. _keys], tieBreaker, _default ?? tieBreaker.Name);
    }
}
