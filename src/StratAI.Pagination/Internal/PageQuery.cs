namespace StratAI.Pagination.Internal;

/// <summary>A request that was found good: everything a page is composed of and made from.</summary>
internal sealed record PageQuery<T>(
    OrderedKey<T>[] Keys, PageRequest Request, CursorPosition? Position, byte[] Binding, CursorProtector Protector, SqlDialect Dialect)
{
    public int Limit => Request.Limit;

    public int? Offset => Request.Offset;

    public CountMode Count => Request.Count;

    /// <summary>The cursor that leads from <paramref name="row"/> in a direction.</summary>
    public string CursorAt(T row, Travel travel) => Protect(new(travel, Array.ConvertAll(Keys, key => key.Key.ValueOf(row))));

    /// <summary>The cursor that leads back from a page without rows: to what lies at or behind the position that led to it.</summary>
    public string CursorBack(CursorPosition position) =>
        Protect(position with { Travel = position.IsBackward ? Travel.AtOrAfter : Travel.AtOrBefore });

    private string Protect(CursorPosition position) => Protector.Protect(CursorCodec.Write(position, Binding));
}
