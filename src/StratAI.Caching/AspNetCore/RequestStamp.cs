using StratAI.Caching.Internal;

namespace StratAI.Caching.AspNetCore;

/// <summary>A feature of each request: the moment before which its response was not yet begun, so that a stale one is not stored.</summary>
internal sealed class RequestStamp(Stamp stamp)
{
    public Stamp Stamp { get; set; } = stamp;

    /// <summary>Whether the shared level answered this request's lookup.</summary>
    public bool Reached { get; set; } = true;
}
