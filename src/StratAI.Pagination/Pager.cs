using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// Plans pages and holds the keys that protect cursors. One per application, from <c>AddStratAIPagination</c>; safe for concurrent use.
/// </summary>
public sealed class Pager
{
    private const int MaximumParents = 1000;

    private readonly ICursorProtector _protector;
    private readonly PaginationMetrics _metrics;

    internal Pager(ICursorProtector protector, PaginationMetrics metrics) => (_protector, _metrics) = (protector, metrics);

    /// <summary>Checks what a client asks for and plans its page.</summary>
    /// <typeparam name="T">A row.</typeparam>
    /// <param name="order">By what the list can be sorted.</param>
    /// <param name="request">What the client asks for.</param>
    /// <param name="scope">What the list's cursors are bound to.</param>
    /// <param name="dialect">The engine that will run the page.</param>
    /// <returns>
    /// A plan, whose <see cref="PagePlan{T}.Error"/> says what is wrong with the request if anything is. Never throws for what a client
    /// sent.
    /// </returns>
    public PagePlan<T> Plan<T>(PageOrder<T> order, PageRequest request, PageScope scope, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(scope);
        Check(dialect);
        using var activity = PaginationMetrics.StartPlan();
        var plan = Check(order, request, scope, dialect);
        _metrics.Planned(activity, request, plan.Error);
        return plan;
    }

    /// <summary>Plans the first pages of many lists of one kind, to be read by one statement.</summary>
    /// <typeparam name="T">A row.</typeparam>
    /// <typeparam name="TParent">What tells the lists apart, such as the id of what the rows belong to.</typeparam>
    /// <param name="order">By what the lists can be sorted.</param>
    /// <param name="parents">The lists; at most 1,000 different ones. For none there is a statement too, which returns no row.</param>
    /// <param name="limit">The most rows of each, clamped to 1 to 100.</param>
    /// <param name="scope">
    /// What the cursors of each list are bound to: the scope of the endpoint that pages this one list, so that clients go on there.
    /// </param>
    /// <param name="dialect">The engine that will run the statement.</param>
    /// <param name="sort">The order, as a client would write it; null for the default.</param>
    /// <exception cref="ArgumentException">There are more parents, or the order has no such sort.</exception>
    public PageBatch<T, TParent> PlanBatch<T, TParent>(
        PageOrder<T> order, IEnumerable<TParent> parents, int limit, Func<TParent, PageScope> scope, SqlDialect dialect, string? sort = null)
        where TParent : notnull
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(parents);
        ArgumentNullException.ThrowIfNull(scope);
        Check(dialect);
        if (!order.TryResolve(sort, out var keys))
        {
            throw new ArgumentException(PageErrors.InvalidSort(order.Fields).Detail, nameof(sort));
        }

        var request = new PageRequest { Limit = limit, Sort = sort };
        var distinct = parents.ToHashSet();
        if (distinct.Count > MaximumParents)
        {
            throw new ArgumentException($"A batch has at most {MaximumParents} parents; got {distinct.Count}.", nameof(parents));
        }

        return new(
            distinct.ToDictionary(
                parent => parent, parent => new PagePlan<T>(new PageQuery<T>(keys.Keys, request, null, keys.Bind(scope(parent)), _protector, dialect))),
            new(keys.Keys, request, null, Binding: 0, _protector, dialect));
    }

    private static void Check(SqlDialect dialect)
    {
        if (!Enum.IsDefined(dialect))
        {
            throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Not a dialect.");
        }
    }

    private PagePlan<T> Check<T>(PageOrder<T> order, PageRequest request, PageScope scope, SqlDialect dialect)
    {
        var error = request.Error ?? (request is { Cursor: not null, Offset: not null } ? PageErrors.Conflict : null);
        if (error is not null)
        {
            return new(error);
        }

        if (!order.TryResolve(request.Sort, out var sort))
        {
            return new(PageErrors.InvalidSort(order.Fields));
        }

        var binding = sort.Bind(scope);
        CursorPosition? position = null;
        if (request.Cursor is { } cursor)
        {
            error = CursorCodec.TryDecode(cursor, sort.Keys, binding, _protector, out var found);
            position = found;
        }

        return error is null ? new(new PageQuery<T>(sort.Keys, request, position, binding, _protector, dialect)) : new(error);
    }
}
