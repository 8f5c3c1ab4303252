namespace StratAI.Pagination;

/// <summary>
/// A list broke a promise of paging while <see cref="PageWalk"/> walked it. The message says which, where, and what came before.
/// </summary>
public sealed class PageWalkException : Exception
{
    internal PageWalkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
