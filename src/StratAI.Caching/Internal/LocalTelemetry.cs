using BitFaster.Caching;
using BitFaster.Caching.Lru;

namespace StratAI.Caching.Internal;

/// <summary>
/// Tells L1 what leaves it, and counts nothing: the library's own telemetry counts each hit, which each hit pays for, and the cache has
/// counters of its own.
/// </summary>
internal readonly struct LocalTelemetry(LocalLevel local) : ITelemetryPolicy<string, LocalEntry>
{
    public event EventHandler<ItemRemovedEventArgs<string, LocalEntry>> ItemRemoved { add { } remove { } }

    public event EventHandler<ItemUpdatedEventArgs<string, LocalEntry>> ItemUpdated { add { } remove { } }

    public double HitRatio => 0;

    public long Total => 0;

    public long Hits => 0;

    public long Misses => 0;

    public long Evicted => 0;

    public long Updated => 0;

    public void IncrementHit()
    {
    }

    public void IncrementMiss()
    {
    }

    public void OnItemRemoved(string key, LocalEntry value, ItemRemovedReason reason) => local.OnRemoved(key, value, reason == ItemRemovedReason.Evicted);

    public void OnItemUpdated(string key, LocalEntry oldValue, LocalEntry newValue) => local.OnRemoved(key, oldValue, evicted: false);

    public void SetEventSource(object source)
    {
    }
}
