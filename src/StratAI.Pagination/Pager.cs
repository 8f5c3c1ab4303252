using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// Plans pages and holds the keys that protect cursors. One per application, from <c>AddStratAIPagination</c>; safe for concurrent use.
/// </summary>
public sealed class Pager
{
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
        if (!Enum.IsDefined(dialect))
        {
            throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Not a dialect.");
        }

        using var activity = PaginationMetrics.StartPlan();
        var plan = Check(order, request, scope, dialect);
        _metrics.Planned(activity, request, plan.Error);
        return plan;
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
