namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// Keeps the migration out of the application's way: no more rows a second than allowed, and rests that grow while a statement of constant
/// work takes longer than at its best, and shrink when it does not.
/// </summary>
internal sealed class Pace(ColumnMigrationOptions options, TimeProvider time)
{
    private const double LongestRest = 8;
    private const double Weight = 0.2;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Below this, what is measured is the machine's scheduling rather than the database's load.</summary>
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private double _best = double.MaxValue;
    private double _recent;
    private double _rest;
    private DateTimeOffset _next;

    /// <summary>How long the workers rest after a row, as a multiple of the time it took.</summary>
    public double Rest
    {
        get
        {
            lock (_lock)
            {
                return _rest;
            }
        }
    }

    /// <summary>Takes note of how long the statement took.</summary>
    public void Sample(TimeSpan latency)
    {
        lock (_lock)
        {
            var seconds = Math.Max(latency.TotalSeconds, Floor.TotalSeconds);
            _recent = _recent == 0 ? seconds : (_recent * (1 - Weight)) + (seconds * Weight);
            // It forgets slowly, so that a database that became slower for good is not waited for.
            _best = Math.Min(_best * 1.001, seconds);
            _rest = _recent > _best * options.LatencyTolerance ? Math.Min(LongestRest, (_rest * 1.5) + 0.1) : Math.Max(0, (_rest * 0.8) - 0.02);
        }
    }

    /// <summary>Waits for a row's turn.</summary>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        if (options.MaximumRowsPerSecond is not { } rate)
        {
            return Task.CompletedTask;
        }

        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var turn = _next > now ? _next : now;
            _next = turn + TimeSpan.FromSeconds(1 / rate);
            wait = turn - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Rests after a row that took this long.</summary>
    public Task RestAsync(TimeSpan worked, CancellationToken cancellationToken) =>
        worked * Rest is var rest && rest > TimeSpan.Zero ? Task.Delay(rest < Longest ? rest : Longest, time, cancellationToken) : Task.CompletedTask;
}
