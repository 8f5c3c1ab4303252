namespace StratAI.Caching.Internal;

/// <summary>What L1 holds under a key: a shared immutable value, or the serialised form of a mutable one.</summary>
internal sealed class LocalEntry
{
    private readonly object? _shared;
    private int _refreshing;

    /// <param name="shared">The value itself where its type is immutable, else <see langword="null"/>.</param>
    /// <param name="content">The value's serialised form; its bytes are kept only where there is no shared value.</param>
    /// <param name="stamp">Up to when the value reflects every invalidation.</param>
    /// <param name="lifetime">Until when it is good.</param>
    public LocalEntry(object? shared, Content content, Stamp stamp, Lifetime lifetime)
    {
        (_shared, Stamp, Size) = (shared, stamp, content.Body.Length);
        (ExpiresAt, KeptUntil, RefreshAt) = lifetime;
        Content = shared is null ? content : content with { Body = default };
    }

    public Content Content { get; }

    public Stamp Stamp { get; }

    /// <inheritdoc cref="Lifetime"/>
    public long ExpiresAt { get; }

    /// <inheritdoc cref="Lifetime"/>
    public long KeptUntil { get; }

    /// <inheritdoc cref="Lifetime"/>
    public long RefreshAt { get; }

    public int Size { get; }

    public string[] Tags => Content.Tags;

    /// <summary>The version of what L1 knows at which the entry was last found to be current.</summary>
    public int CheckedAt { get; set; } = -1;

    /// <summary>The value as <typeparamref name="T"/>; false where another type was stored under the key.</summary>
    public bool TryRead<T>(CodecProvider codecs, out T value)
    {
        if (_shared is T shared)
        {
            value = shared;
            return true;
        }

        value = default!;
        return _shared is null && codecs.Get<T>().TryDecode(Content, out value);
    }

    /// <summary>The same entry to be served for a while after its lifetime, as its factory fails.</summary>
    public LocalEntry Prolonged(long until) =>
        new(_shared, Content, Stamp, new(Math.Min(until, KeptUntil), KeptUntil, long.MaxValue));

    /// <summary>True for the first hit that is to make the entry anew.</summary>
    public bool BeginsRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;
}
