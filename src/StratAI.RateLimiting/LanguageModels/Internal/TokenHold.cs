using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.LanguageModels.Internal;

/// <summary>What one call holds on its budgets.</summary>
internal sealed class TokenHold
{
    private readonly List<RateLimitReservation> _reservations;
    private Task<RateLimitDecision?>? _growing;
    private long _amount;

    private TokenHold(IEnumerable<RateLimitReservation> handedOver, long amount) => (_reservations, _amount) = ([.. handedOver], amount);

    /// <summary>Reserves on all budgets; what was handed over is released if any of them refuses.</summary>
    public static async ValueTask<TokenHold> ReserveAsync(
        IRateLimiters limiters, List<RateLimitCheck> checks, IEnumerable<RateLimitReservation> handedOver, long amount, CancellationToken cancellationToken)
    {
        var hold = new TokenHold(handedOver, amount);
        try
        {
            RateLimitDecision? refusal = null;
            if (checks.Count > 0)
            {
                var decision = await limiters.AcquireAsync(checks.ConvertAll(check => check with { Cost = amount }), cancellationToken).ConfigureAwait(false);
                refusal = decision.IsAcquired ? null : decision;
                hold._reservations.AddRange(decision.Reservations);
            }

            refusal ??= await hold.ExtendAsync(amount, cancellationToken).ConfigureAwait(false);
            return refusal is null ? hold : throw new TokenBudgetExceededException(refusal);
        }
        catch
        {
            await hold.SettleAsync(0).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins to reserve more, without waiting for it, when less than <paramref name="reserve"/> is left.</summary>
    public void GrowAhead(long used, long target, long reserve)
    {
        if (_growing is { IsCompletedSuccessfully: true, Result: null })
        {
            _growing = null;
        }

        // After a refusal what is held is used up before anybody asks again: meanwhile others may have given back theirs.
        if (_growing is null && _amount - used <= reserve && target > _amount)
        {
            _growing = GrowAsync(target);
        }
    }

    /// <summary>Waits until more is held than was used.</summary>
    /// <returns>The refusal, if there is no more; else <see langword="null"/>.</returns>
    public async ValueTask<RateLimitDecision?> GrowAsync(long used, long target, CancellationToken cancellationToken)
    {
        if (_growing is not null && used >= Volatile.Read(ref _amount))
        {
            await _growing.WaitAsync(cancellationToken).ConfigureAwait(false);
            _growing = null;
        }

        return used < _amount || target <= _amount ? null : await GrowAsync(target).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Charges what was used to all budgets, and gives back the rest. It waits for a growth under way, as each reservation orders its changes.</summary>
    public Task SettleAsync(long used) => Task.WhenAll(_reservations.Select(reservation => reservation.CommitAsync(used).AsTask()));

    private async Task<RateLimitDecision?> GrowAsync(long target)
    {
        var refusal = await ExtendAsync(target, CancellationToken.None).ConfigureAwait(false);
        if (refusal is { Outcome: not RateLimitOutcome.Unavailable })
        {
            return refusal;
        }

        // While Redis gives no answer a closed budget admits no new call. What runs is let run: it is charged in full once Redis is back.
        Volatile.Write(ref _amount, target);
        return null;
    }

    private async Task<RateLimitDecision?> ExtendAsync(long amount, CancellationToken cancellationToken)
    {
        var smaller = _reservations.Where(reservation => reservation.IsBudget && reservation.Amount < amount);
        var decisions = await Task.WhenAll(smaller.Select(reservation => reservation.DecideAsync(amount, cancellationToken).AsTask())).ConfigureAwait(false);
        var refusals = Array.FindAll(decisions, decision => decision is { IsAcquired: false });
        if (refusals.Length <= 1)
        {
            return refusals.FirstOrDefault();
        }

        var statuses = refusals.SelectMany(refusal => refusal!.Policies).ToArray();
        return new()
        {
            Outcome = refusals.Min(refusal => refusal!.Outcome),
            Policies = statuses,
            RetryAfter = Decisions.RetryAfter(statuses),
            IsDegraded = Array.Exists(refusals, refusal => refusal!.IsDegraded),
        };
    }
}
