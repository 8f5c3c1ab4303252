namespace StratAI.Caching.Internal;

/// <summary>What L1 holds under a key: a shared immutable value, or the serialised form of a mutable one.</summary>
internal sealed class LocalEntry
{
    private readonly object? _shared;
    private readonly Content _content;

    /// <param name="shared">The value itself where its type is immutable, else <see langword="null"/>.</param>
    /// <param name="content">The value's serialised form; its bytes are kept only where there is no shared value.</param>
    /// <param name="stamp">Up to when the value reflects every invalidation.</param>
    /// <param name="expiresAt">The timestamp of the cache's clock from which it is a miss.</param>
    public LocalEntry(object? shared, Content content, Stamp stamp, long expiresAt)
    {
        (_shared, Stamp, ExpiresAt, Size) = (shared, stamp, expiresAt, content.Body.Length);
        _content = shared is null ? content : content with { Body = default };
    }

    public Stamp Stamp { get; }

    public long ExpiresAt { get; }

    public int Size { get; }

    public string[] Tags => _content.Tags;

    public OwnWrite? Written => _content.Written;

    /// <summary>The value as <typeparamref name="T"/>; false where another type was stored under the key.</summary>
    public bool TryRead<T>(ValueCodec<T> codec, out T value)
    {
        if (_shared is T shared)
        {
            value = shared;
            return true;
        }

        value = default!;
        return _shared is null && codec.TryDecode(_content, out value);
    }
}
