using StratAI.Storage.Internal;

namespace StratAI.Storage.AspNetCore;

/// <summary>
/// Counts what flows through, and fails the read that passes the upper bound, or the one that would end below the lower one: before the store
/// can take what it got for the whole.
/// </summary>
internal sealed class BoundedStream(Stream inner, BoundedStream.Bounds bounds) : ForwardStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        if (_read > bounds.Maximum || (count == 0 && buffer.Length > 0 && _read < bounds.Minimum))
        {
            throw new OutOfBoundsException(_read > bounds.Maximum);
        }

        return count;
    }

    /// <summary>The fewest and the most bytes.</summary>
    internal readonly record struct Bounds(long Minimum, long Maximum);

    internal sealed class OutOfBoundsException(bool tooLarge) : Exception
    {
        public bool TooLarge => tooLarge;
    }
}
