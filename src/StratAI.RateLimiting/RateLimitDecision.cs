namespace StratAI.RateLimiting;

/// <summary>
/// The one answer to all checks of a call. Disposing it gives back what it still holds: permits of <see cref="RateLimitAlgorithm.Concurrency"/> and
/// reservations that were not settled.
/// </summary>
public sealed class RateLimitDecision : IAsyncDisposable
{
    /// <summary>How it ended.</summary>
    public required RateLimitOutcome Outcome { get; init; }

    /// <summary>One entry per check, in the order of the call; keys that are exempt have none.</summary>
    public required IReadOnlyList<RateLimitStatus> Policies { get; init; }

    /// <summary>What is held for the caller, one entry per admitted check of a policy that holds or reserves.</summary>
    public IReadOnlyList<RateLimitReservation> Reservations { get; internal set; } = [];

    /// <summary>
    /// After how long the same call would be admitted if nothing else were taken meanwhile, to the microsecond and never early.
    /// <see langword="null"/> when the call was admitted, when it never can be because a cost is above its limit, or when it waits for others to give back what
    /// they hold.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the decision was made without Redis although Redis is configured and did not answer, by each policy's ladder for outages.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>Whether the call may go on.</summary>
    public bool IsAcquired => Outcome == RateLimitOutcome.Acquired;

    /// <summary>
    /// The policy that is nearest to refusing: with the smallest part of its limit left. <see langword="null"/> when nothing is known. One that only counts
    /// (<see cref="RateLimitStatus.IsShadow"/>) never refuses, and is left out.
    /// </summary>
    public RateLimitStatus? Tightest
    {
        get
        {
            RateLimitStatus? tightest = null;
            for (var i = 0; i < Policies.Count; i++)
            {
                if (Policies[i] is { Remaining: { } remaining, IsShadow: false } status
                    && (tightest is null || (double)remaining / status.Limit < (double)tightest.Remaining!.Value / tightest.Limit))
                {
                    tightest = status;
                }
            }

            return tightest;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var reservation in Reservations)
        {
            await reservation.DisposeAsync().ConfigureAwait(false);
        }
    }
}
