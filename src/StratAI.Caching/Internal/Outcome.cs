namespace StratAI.Caching.Internal;

/// <summary>What a flight brought, for each of its callers to take.</summary>
/// <param name="value">The value as it was made.</param>
/// <param name="content">Its serialised form, where it has one.</param>
/// <param name="source">Where it came from.</param>
/// <param name="stamp">Up to when it reflects every invalidation.</param>
internal sealed class Outcome<T>(T value, Content? content, RequestOutcome source, Stamp stamp)
{
    private int _taken;

    public RequestOutcome Source => source;

    /// <summary>Whether the value can be cached.</summary>
    public bool IsCacheable => content is not null;

    /// <summary>Whether there is no value, as a factory of many keys made none for this one.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether it holds by what this instance knew of invalidations: good for who calls while L1 is trusted, and for nobody later.</summary>
    public bool ByTrust { get; init; }

    /// <summary>
    /// Whether it may be outdated for a caller who joined. What is known of an entry that was found counts: its tags are those it was stored with, of which
    /// the flight did not know when the caller joined it.
    /// </summary>
    /// <param name="local">What is known.</param>
    /// <param name="trusted">Whether L1 was trusted when the caller joined.</param>
    public bool IsOutdated(LocalLevel local, bool trusted) =>
        (ByTrust && !trusted)
        || (source is RequestOutcome.Local or RequestOutcome.Shared or RequestOutcome.Stale && content is not null && !local.IsCurrent(stamp, content.Tags));

    /// <summary>
    /// A value for one caller alone, unless its type is immutable: the first gets the original, the others a copy. False where no copy
    /// can be made.
    /// </summary>
    public bool TryTake(ValueCodec<T> codec, out T taken)
    {
        taken = value;
        return ValueCodec<T>.IsShareable || value is null || Interlocked.Exchange(ref _taken, 1) == 0
            || (content is not null && codec.TryDecode(content, out taken));
    }
}
