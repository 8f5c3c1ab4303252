using Microsoft.Extensions.Logging;
using StratAI.Shared;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// Makes the attempts of an operation: repeats what failed for a passing reason, while it may, and spares a server that keeps failing.
/// </summary>
internal sealed class S3Attempts
{
    /// <summary>Of operations, each with all its attempts: a server that restarts breaks many at once, and a repetition saves them.</summary>
    private const int FailuresToOpen = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaximumDelay = TimeSpan.FromSeconds(5);

    private readonly S3Options _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CircuitBreaker _breaker;

    public S3Attempts(S3Options options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        (_options, _time, _metrics, _logger) = (options, time, metrics, logger);
        _breaker = new(FailuresToOpen, Pause, time);
        metrics.ObserveBreaker(() => _breaker.IsOpen);
    }

    /// <summary>
    /// Runs an operation until it succeeds, or may not be tried again. No attempt begins once the timeout has passed since the first, and
    /// the time until an answer begins is one for all of them.
    /// </summary>
    /// <param name="operation">Its name in the metrics.</param>
    /// <param name="attempt">Makes one attempt within the time of its timer.</param>
    /// <param name="mayRepeat">Whether it may be made again after a failure that is not final; default always.</param>
    /// <param name="cancellationToken">Ends it, also while it waits between two attempts.</param>
    public async Task<T> RunAsync<T>(
        string operation, Func<StallTimer, Task<T>> attempt, Func<ObjectStoreException, bool>? mayRepeat, CancellationToken cancellationToken)
    {
        if (!Probing.IsActive && !_breaker.TryEnter())
        {
            var retryAfter = _breaker.RetryAfter is var left && left > TimeSpan.Zero ? left : Pause;
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server kept failing and is given a pause.", retryAfter: retryAfter);
        }

        var start = _time.GetTimestamp();
        for (var made = 1; ; made++)
        {
            TimeSpan delay;
            try
            {
                using var timer = new StallTimer(_options.Timeout, Left(start), _time, cancellationToken);
                var result = await attempt(timer).ConfigureAwait(false);
                Answered();
                return result;
            }
            catch (ObjectStoreException failure)
            {
                if (made > _options.Retries || DelayAfter(failure, made, start) is not { } next || mayRepeat?.Invoke(failure) == false)
                {
                    Ended(failure);
                    throw;
                }

                delay = next;
            }

            _metrics.Retry(operation);
            await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan Left(long start)
    {
        var left = _options.Timeout - _time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private TimeSpan? DelayAfter(ObjectStoreException failure, int made, long start)
    {
        // While the breaker is open, this call is the one that tries whether it may close.
        if (failure.Repetition == Repetition.Never || _breaker.IsOpen)
        {
            return null;
        }

        if (failure.Failure == ObjectStoreFailure.Denied)
        {
            // Only its time was wrong, and is right now.
            return TimeSpan.Zero;
        }

        // Anywhere between none and twice as long each time: those who failed together do not come back together.
        var most = Math.Min(MaximumDelay.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(2, made - 1));
        var delay = TimeSpan.FromSeconds(Random.Shared.NextDouble() * most);
        if (failure.RetryAfter is { } asked && asked > delay)
        {
            delay = asked;
        }

        return delay <= MaximumDelay && _time.GetElapsedTime(start) + delay < _options.Timeout ? delay : null;
    }

    private void Ended(ObjectStoreException failure)
    {
        if (failure.Failure != ObjectStoreFailure.Unavailable || failure.Repetition == Repetition.Never)
        {
            // It refused, and so it works.
            Answered();
        }
        else if (_breaker.Failed())
        {
            _logger.BreakerOpened(FailuresToOpen, Pause);
        }
    }

    private void Answered()
    {
        if (_breaker.Succeeded())
        {
            _logger.BreakerClosed();
        }
    }
}
