using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

/// <summary>Calls with the same key but another type or other flags want something else, and do not wait for each other.</summary>
internal readonly record struct FlightKey(string Key, Type Type, HybridCacheEntryFlags Flags);
