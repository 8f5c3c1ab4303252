namespace StratAI.Pagination.Internal;

/// <summary>
/// Which rows a cursor leads to, seen from its position. The inclusive ones are made by an empty page: its own position is then the edge of
/// the page that lies in the opposite direction. The numbers are part of version 1 cursors: never renumber.
/// </summary>
internal enum Travel : byte
{
    After = 1,
    Before = 2,
    AtOrAfter = 3,
    AtOrBefore = 4,
}
