namespace StratAI.Caching.Redis;

/// <summary>An entry as the server holds it.</summary>
/// <param name="Payload">Its bytes; <see langword="null"/> where there is none.</param>
/// <param name="TimeToLive">How long the server keeps it; <see langword="null"/> for ever, as this cache never stores it.</param>
internal readonly record struct StoredEntry(byte[]? Payload, TimeSpan? TimeToLive);
