using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// The time that requests are signed with: this machine's, until a refusal shows that the server's is another. Servers refuse signatures
/// that are some 15 minutes off, and not all of them say that this is why.
/// </summary>
internal sealed class ServerClock(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private long _offset;

    /// <summary>How far the server's clock is ahead, as far as is known.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offset));

    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    /// <summary>Takes the server's time over if a request that it refused was signed with another.</summary>
    /// <param name="date">What the refusal says the time is.</param>
    /// <param name="used">The offset the request was signed with.</param>
    /// <returns>How far the server is ahead of this machine; <see langword="null"/> when the time was not the reason.</returns>
    public TimeSpan? Correct(DateTimeOffset? date, TimeSpan used)
    {
        if (date is not { } theirs || (theirs - time.GetUtcNow()) is var offset && (offset - used).Duration() < Tolerance)
        {
            return null;
        }

        // Others may have been refused for the same reason: the first to learn it says so.
        var known = new TimeSpan(Interlocked.Exchange(ref _offset, offset.Ticks));
        if ((offset - known).Duration() >= Tolerance)
        {
            logger.ClockCorrected(offset);
        }

        return offset;
    }
}
