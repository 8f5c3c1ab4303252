namespace StratAI.RateLimiting.Internal;

/// <summary>A store's answer: whether all requests were admitted, and each bucket's state, charged if they were and as it stood if not.</summary>
internal readonly record struct LimitReply(bool Acquired, BucketView[] Buckets);
