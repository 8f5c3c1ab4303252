using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting;

/// <summary>
/// Permits that a caller holds: running work under <see cref="RateLimitAlgorithm.Concurrency"/>, or an amount reserved on a
/// <see cref="RateLimitAlgorithm.Budget"/>. It is renewed by itself for as long as the process lives and somebody refers to it, and given up
/// <see cref="RateLimitPolicy.LeaseTime"/> later. Safe for use by several threads.
/// </summary>
/// <remarks>
/// A reservation ends once: the first of <see cref="CommitAsync"/>, <see cref="ReleaseAsync"/> and disposal counts. None of them fails when Redis gives no
/// answer: what is to be settled is kept and sent again until Redis has it, and is charged once however often it is sent.
/// </remarks>
public sealed class RateLimitReservation : IAsyncDisposable
{
    private readonly ReservationKeeper _keeper;
    private readonly Held _held;

    internal RateLimitReservation(ReservationKeeper keeper, Held held)
    {
        (_keeper, _held) = (keeper, held);
        keeper.Add(held, this);
    }

    /// <summary>The policy's name.</summary>
    public string Policy => _held.Policy.Name;

    /// <summary>Whether it is on a budget, and so may be charged.</summary>
    internal bool IsBudget => _held.IsBudget;

    internal bool HasEnded => _held.HasEnded;

    /// <summary>What was asked for, to ask for it again.</summary>
    internal RateLimitCheck Check => _held.Check;

    /// <summary>The permits held.</summary>
    public long Amount => _held.Amount;

    /// <summary>Holds another amount from now on. Less is always granted; more only if there is room for it, and else what was held stays held.</summary>
    /// <param name="amount">The whole amount to hold, 0 or more.</param>
    /// <param name="cancellationToken">Gives up waiting; the amount may have been changed nevertheless.</param>
    /// <returns>
    /// Whether the amount is held now. While Redis gives no answer the policy's ladder for outages decides. Once settled or released:
    /// <see langword="false"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> ExtendAsync(long amount, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        return await DecideAsync(amount, cancellationToken).ConfigureAwait(false) is { IsAcquired: true };
    }

    /// <summary>
    /// Ends the reservation and charges what was really used, even where that is more than what was reserved or left: the next reservations
    /// wait until it is paid off. Under <see cref="RateLimitAlgorithm.Concurrency"/>, where nothing is charged, it is <see cref="ReleaseAsync"/>.
    /// </summary>
    /// <param name="used">What was really used, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative.</exception>
    public ValueTask CommitAsync(long used)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(used);
        return _keeper.SettleAsync(_held, used);
    }

    /// <summary>Ends the reservation; nothing is charged.</summary>
    public ValueTask ReleaseAsync() => _keeper.SettleAsync(_held, charge: 0);

    /// <summary>As <see cref="ReleaseAsync"/>, unless it has ended.</summary>
    public ValueTask DisposeAsync() => ReleaseAsync();

    /// <summary>As <see cref="ExtendAsync"/>, with the whole answer; <see langword="null"/> when it has ended.</summary>
    internal ValueTask<RateLimitDecision?> DecideAsync(long amount, CancellationToken cancellationToken) => _keeper.ExtendAsync(_held, amount, cancellationToken);
}
