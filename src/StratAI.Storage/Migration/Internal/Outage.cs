using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The pause of all workers while store or database fail: it doubles with each failure and ends with the first row that gets through.</summary>
internal sealed class Outage(ColumnMigrationOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _since;
    private int _failures;
    private DateTimeOffset _until;

    /// <summary>Why the workers wait; null while they do not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether it has lasted longer than the migration is to put up with.</summary>
    public bool IsTooLong
    {
        get
        {
            lock (_lock)
            {
                return _since is { } since && options.OutageLimit is { } limit && time.GetElapsedTime(since) > limit;
            }
        }
    }

    /// <summary>Whether the exception says something of the store or the database rather than of the migration.</summary>
    public static bool Is(Exception exception) => exception is DbException or ObjectStoreException or IOException or TimeoutException;

    /// <summary>Takes note of a failure; true when a pause begins with it.</summary>
    public bool Failed(Exception exception)
    {
        lock (_lock)
        {
            // Several workers fail of one cause: while the pause lasts, theirs are no further failures.
            if (time.GetUtcNow() < _until)
            {
                return false;
            }

            _since ??= time.GetTimestamp();
            var pause = DelayOf(++_failures);
            if (exception is ObjectStoreException { RetryAfter: { } asked } && asked > pause)
            {
                pause = asked;
            }

            _until = time.GetUtcNow() + pause;
            // In words without what a driver's message may quote.
            Reason = exception switch
            {
                ObjectStoreException store => $"The object store fails ({store.Failure}): {store.Message}",
                DbException failed => $"The database fails ({failed.SqlState ?? failed.GetType().Name}).",
                _ => $"Store or database fail ({exception.GetType().Name}).",
            };
            return true;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            (_since, _failures, _until, Reason) = (null, 0, default, null);
        }
    }

    /// <summary>Waits until work may be tried again.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Left() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public TimeSpan Left()
    {
        lock (_lock)
        {
            return _until == default ? TimeSpan.Zero : _until - time.GetUtcNow();
        }
    }

    /// <summary>The delay before a row's next attempt, or of the next pause.</summary>
    public TimeSpan DelayOf(int attempts)
    {
        var delay = options.RetryDelay * Math.Pow(2, Math.Min(attempts - 1, 20));
        return (delay < options.MaximumRetryDelay ? delay : options.MaximumRetryDelay) * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
