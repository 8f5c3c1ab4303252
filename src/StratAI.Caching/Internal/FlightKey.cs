using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

/// <summary>
/// Calls with the same key but another type or other flags want something else, and do not wait for each other; nor do those that must see an
/// invalidation (<paramref name="Floor"/>) which this instance may not have learnt of for those that need not.
/// </summary>
internal readonly record struct FlightKey(string Key, Type Type, HybridCacheEntryFlags Flags, long Floor);
