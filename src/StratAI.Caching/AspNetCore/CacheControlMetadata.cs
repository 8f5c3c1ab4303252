namespace StratAI.Caching.AspNetCore;

/// <summary>The <c>Cache-Control</c> of an endpoint's successful answers; of several, the innermost counts.</summary>
internal sealed record CacheControlMetadata(string Value);
