namespace StratAI.Caching.Internal;

internal enum FillResult
{
    Stored,

    /// <summary>The key or a tag was invalidated while the value was made.</summary>
    Stale,

    /// <summary>There is no shared store, or it was not reached.</summary>
    NotStored,
}
