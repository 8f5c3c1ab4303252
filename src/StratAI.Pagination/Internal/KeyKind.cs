namespace StratAI.Pagination.Internal;

/// <summary>
/// The form in which a cursor holds a sort key's value. The numbers are part of the binding of version 1 cursors: never renumber.
/// </summary>
internal enum KeyKind : byte
{
    Integer = 1,
    Double = 2,
    Decimal = 3,
    Boolean = 4,
    Text = 5,
    Guid = 6,
    DateTime = 7,
    DateTimeOffset = 8,
    DateOnly = 9,
    TimeOnly = 10,
}
