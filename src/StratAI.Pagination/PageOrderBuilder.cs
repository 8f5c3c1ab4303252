using System.Linq.Expressions;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>Declares by what a list can be sorted.</summary>
/// <typeparam name="T">A row, as the page statement's SELECT list is read, or of the query.</typeparam>
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
    /// <see cref="DateTimeOffset"/>, <see cref="DateOnly"/> or <see cref="TimeOnly"/>, or one of these nullable.
    /// </typeparam>
    /// <param name="name">The public name: letters, digits, <c>_</c> and <c>.</c>.</param>
    /// <param name="value">
    /// Reads the value off a row, unrounded: what the engine compares with must be what it stored. An <see cref="IQueryable{T}"/> is sorted by it.
    /// </param>
    /// <param name="sql">
    /// The column or expression that the engine sorts by, the same value. It appears in ORDER BY and in the seek predicate, so both agree; it is
    /// code, never input. Null where the order serves <see cref="IQueryable{T}"/> alone.
    /// </param>
    /// <param name="nullable">Whether it can be null. Nulls come last in both directions.</param>
    /// <param name="collation">Of a text, required: by which rules it is compared. Of anything else null.</param>
    /// <exception cref="ArgumentException">
    /// The name is taken or malformed, the type is not one that a cursor can hold, or a text states no collation.
    /// </exception>
    public PageOrderBuilder<T> Key<TKey>(
        string name, Expression<Func<T, TKey>> value, string? sql = null, bool nullable = false, TextCollation? collation = null)
    {
        var key = SortKey<T>.Create(name, sql, value, nullable, collation);
        if (_keys.Exists(other => other.Name == name))
        {
            throw new ArgumentException($"The sort key '{name}' is declared twice.", nameof(name));
        }

        _keys.Add(key);
        return this;
    }

    /// <summary>
    /// Names the key that makes the order total: unique among the rows of the list and never null, such as the primary key. It is always
    /// appended, in the direction of the last requested key. Clients can sort by it only when it is declared as a key of the same name too.
    /// </summary>
    /// <exception cref="ArgumentException">There is one already, or the name, type or collation is refused as of a key.</exception>
    public PageOrderBuilder<T> TieBreaker<TKey>(
        string name, Expression<Func<T, TKey>> value, string? sql = null, TextCollation? collation = null)
    {
        if (_tieBreaker is not null)
        {
            throw new ArgumentException($"There is a tie-breaker already: '{_tieBreaker.Name}'.", nameof(name));
        }

        _tieBreaker = SortKey<T>.Create(name, sql, value, nullable: false, collation);
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
            && (Describe(twin) != Describe(tieBreaker) || twin.Kind != tieBreaker.Kind || twin.IsNullable))
        {
            throw new InvalidOperationException(
                $"The sort key '{twin.Name}' has the tie-breaker's name but another SQL, collation, type or nullability.");
        }

        return new([.. _keys], tieBreaker, _default ?? tieBreaker.Name);
    }

    private static (string, string) Describe(SortKey<T> key) => (key.Describe(SqlDialect.PostgreSql), key.Describe(SqlDialect.Sqlite));
}
