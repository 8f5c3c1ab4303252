namespace StratAI.Pagination.Internal;

/// <summary>A sort key as one request uses it.</summary>
internal readonly record struct OrderedKey<T>(SortKey<T> Key, bool Descending);
