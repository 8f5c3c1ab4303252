namespace StratAI.Pagination.Internal;

/// <summary>A place in an ordered list: the values of the order's keys, the tie-breaker's last.</summary>
internal readonly record struct CursorPosition(Travel Travel, object?[] Values)
{
    public bool IsBackward => Travel is Travel.Before or Travel.AtOrBefore;

    public bool IsInclusive => Travel is Travel.AtOrAfter or Travel.AtOrBefore;
}
