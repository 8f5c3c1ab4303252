namespace StratAI.Pagination.Internal;

/// <summary>
/// Notices in constant space that a walk has come back to a cursor (Brent's algorithm), so that a pager at fault is not walked for ever.
/// </summary>
internal struct CursorLoop
{
    private string? _last;
    private string? _kept;
    private long _steps;
    private long _stride;

    /// <summary>Whether the walk has been at <paramref name="cursor"/>: told at once of the last one, in time of an earlier one.</summary>
    public bool Closes(string cursor)
    {
        if (cursor == _last || cursor == _kept)
        {
            return true;
        }

        _last = cursor;
        if (++_steps >= _stride)
        {
            (_kept, _stride, _steps) = (cursor, Math.Max(1, _stride * 2), 0);
        }

        return false;
    }

    /// <exception cref="InvalidOperationException">The walk has been at <paramref name="cursor"/>.</exception>
    public void Pass(string cursor)
    {
        if (Closes(cursor))
        {
            throw new InvalidOperationException("A page led back to a cursor that the walk has been at; its rows would come for ever.");
        }
    }
}
