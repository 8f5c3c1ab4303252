using System.Runtime.ExceptionServices;

namespace StratAI.Storage.Internal;

/// <summary>
/// Reads what a caller wants stored. Holds it to its declared length, and keeps what the caller's stream throws apart from what the store
/// throws: the former reaches the caller unchanged.
/// </summary>
internal sealed class SourceReader(Stream source, long? length)
{
    private long _read;

    /// <summary>What the source threw, if it did.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    public long? Length => length;

    /// <summary>Whether the source was read from, or was tried to.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>The number of bytes still to come, when it is known before reading.</summary>
    public static long? LengthOf(Stream source, long? declared) =>
        declared ?? (source.CanSeek ? Math.Max(0, source.Length - source.Position) : null);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        IsTouched = true;
        try
        {
            var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _read += count;
            await CheckLengthAsync(count, cancellationToken).ConfigureAwait(false);
            return count;
        }
        catch (Exception exception)
        {
            Failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    private async ValueTask CheckLengthAsync(int count, CancellationToken cancellationToken)
    {
        if (length is not { } expected)
        {
            return;
        }

        if (count == 0 && _read < expected)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Corrupt, $"The stream ended after {_read} bytes; {expected} were declared.");
        }

        // Looked for before the last bytes are handed out: a server commits the object as soon as it has them.
        if (_read > expected || (_read == expected && count > 0 && !await IsAtEndAsync(cancellationToken).ConfigureAwait(false)))
        {
            throw new ObjectStoreException(ObjectStoreFailure.Corrupt, $"The stream is longer than the {expected} bytes declared.");
        }
    }

    private async ValueTask<bool> IsAtEndAsync(CancellationToken cancellationToken) =>
        await source.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) == 0;
}
