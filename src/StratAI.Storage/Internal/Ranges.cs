namespace StratAI.Storage.Internal;

internal static class Ranges
{
    /// <summary>Cuts a range to an object's end.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFailure.RangeNotSatisfiable"/> when nothing is left.</exception>
    public static ByteRange Cut(ByteRange range, long size)
    {
        Validate(range);
        return range.Offset < size
            ? new(range.Offset, Math.Min(range.Length ?? long.MaxValue, size - range.Offset))
            : throw NotSatisfiable();
    }

    public static void Validate(ByteRange range)
    {
        if (range.Offset < 0 || range.Length < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "A range begins at 0 or later and has at least one byte.");
        }
    }

    public static ObjectStoreException NotSatisfiable(Exception? inner = null) =>
        new(ObjectStoreFailure.RangeNotSatisfiable, "The range begins at or after the object's end.", inner);
}
