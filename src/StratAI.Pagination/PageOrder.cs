using System.Diagnostics.CodeAnalysis;
using StratAI.Pagination.Internal;
using StratAI.Pagination.Internal.Indexes;

namespace StratAI.Pagination;

/// <summary>By what a list can be sorted, as far as its clients are concerned; see <see cref="PageOrder{T}"/>.</summary>
public abstract class PageOrder
{
    private protected PageOrder(IReadOnlyList<string> fields, string defaultSort) => (Fields, Default) = (fields, defaultSort);

    /// <summary>The names that clients may sort by, in the order of their declaration.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The order of a request that names none, as a client would write it.</summary>
    public string Default { get; }

    /// <summary>The keys of a sort, the tie-breaker last, without their row type.</summary>
    /// <param name="sort">The default or a field.</param>
    internal abstract IReadOnlyList<SortTerm> TermsOf(string sort);
}

/// <summary>
/// By what a list can be sorted, declared once per row type and shared: immutable and safe for concurrent use. The one definition yields
/// ORDER BY, the seek predicate, the cursor and the check of what clients ask for.
/// </summary>
/// <typeparam name="T">A row, as the page statement's SELECT list is read.</typeparam>
public sealed class PageOrder<T> : PageOrder
{
    private readonly IReadOnlyList<SortKey<T>> _keys;
    private readonly SortKey<T> _tieBreaker;
    private readonly SortOrder<T> _default;

    internal PageOrder(IReadOnlyList<SortKey<T>> keys, SortKey<T> tieBreaker, string defaultSort)
        : base([.. keys.Select(key => key.Name)], defaultSort)
    {
        (_keys, _tieBreaker) = (keys, tieBreaker);
        if (!TryParse(defaultSort, [.. keys.Where(key => key.Name != tieBreaker.Name), tieBreaker], out var parsed))
        {
            throw new InvalidOperationException(
                $"The default order '{defaultSort}' names an unknown key, or one twice. Known: {string.Join(", ", Fields)}.");
        }

        _default = parsed;
    }

    /// <summary>Declares an order.</summary>
    /// <exception cref="ArgumentException">A key is malformed or declared twice.</exception>
    /// <exception cref="InvalidOperationException">There is no tie-breaker, or the default names an unknown key.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "There is nothing that T could be inferred from.")]
    public static PageOrder<T> Create(Action<PageOrderBuilder<T>> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new PageOrderBuilder<T>();
        build(builder);
        return builder.Build();
    }

    internal override IReadOnlyList<SortTerm> TermsOf(string sort) => TryResolve(sort, out var order)
        ? [.. order.Keys.Select(key => key.Key.ToTerm(key.Descending))]
        : throw new ArgumentException($"'{sort}' is no order of this list.", nameof(sort));

    /// <summary>The keys that <paramref name="sort"/> asks for, the tie-breaker last; false when it names what is not allowed.</summary>
    internal bool TryResolve(string? sort, [NotNullWhen(true)] out SortOrder<T>? order)
    {
        order = _default;
        return sort is null || sort == Default || TryParse(sort, _keys, out order);
    }

    private bool TryParse(string sort, IReadOnlyList<SortKey<T>> allowed, [NotNullWhen(true)] out SortOrder<T>? order)
    {
        order = null;
        var parsed = new List<OrderedKey<T>>(allowed.Count + 1);
        foreach (var range in sort.AsSpan().Split(','))
        {
            var term = sort.AsSpan(range);
            var descending = term is ['-', ..];
            if (Find(allowed, descending ? term[1..] : term) is not { } key || parsed.Exists(other => other.Key == key))
            {
                return false;
            }

            parsed.Add(new(key, descending));
        }

        // Behind a unique key no other decides anything.
        var unique = parsed.FindIndex(key => key.Key.Name == _tieBreaker.Name);
        order = new(unique >= 0 ? [.. parsed[..(unique + 1)]] : [.. parsed, new(_tieBreaker, parsed[^1].Descending)]);
        return true;
    }

    private static SortKey<T>? Find(IReadOnlyList<SortKey<T>> keys, ReadOnlySpan<char> name)
    {
        foreach (var key in keys)
        {
            if (name.SequenceEqual(key.Name))
            {
                return key;
            }
        }

        return null;
    }
}
