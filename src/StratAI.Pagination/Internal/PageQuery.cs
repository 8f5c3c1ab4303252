namespace StratAI.Pagination.Internal;

/// <summary>A request that was found good: everything a page is composed of and made from.</summary>
internal sealed record PageQuery<T>(
    OrderedKey<T>[] Keys, PageRequest Request, CursorPosition? Position, ulong Binding, ICursorProtector Protector, SqlDialect Dialect)
{
    public int Limit => Request.Limit;

    /// <summary>The rows that are read: one more than the page holds, to know whether there are more.</summary>
    public int Take => Request.Limit + 1;

    public int? Offset => Request.Offset;

    public CountMode Count => Request.Count;

    public bool IsBackward => Position is { IsBackward: true };

    /// <summary>The cursor that leads from <paramref name="row"/> in a direction.</summary>
    public string CursorAt(T row, Travel travel) => CursorCodec.Encode(Keys, Binding, row, travel, Protector);

    /// <summary>The cursor that leads back from a page without rows: to what lies at or behind the position that led to it.</summary>
    public string CursorBack(CursorPosition position) => CursorCodec.Encode(
        Keys, Binding, position with { Travel = position.IsBackward ? Travel.AtOrAfter : Travel.AtOrBefore }, Protector);
}
