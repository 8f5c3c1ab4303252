namespace StratAI.RateLimiting.Internal;

/// <summary>What is held: where it is held, and what keeps it.</summary>
internal sealed partial class RateLimiters : ReservationKeeper.IStore
{
    ValueTask<RateLimitDecision> ReservationKeeper.IStore.ExtendAsync(LimitRequest change, CancellationToken cancellationToken) =>
        DecideAsync([change], cancellationToken);

    async ValueTask<bool> ReservationKeeper.IStore.SettleAsync(LimitRequest change)
    {
        var hashed = change.Hashed(_hasher);
        if (_distributed is null || _local.Knows(hashed.Key))
        {
            // Also what was held here while Redis was away.
            _local.Acquire([hashed]);
        }

        return _distributed is null || await _distributed.TryAcquireAsync([hashed], CancellationToken.None).ConfigureAwait(false) is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await _beat.DisposeAsync().ConfigureAwait(false);
        _policies.Dispose();
        if (_redis is not null)
        {
            await _keeper.SettleAsync().ConfigureAwait(false);
            await _distributed!.TryAsync(() => _redis.LeaveAsync(_beat.Instance)).ConfigureAwait(false);
            await _redis.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A container that is disposed synchronously does not wait for the connection to close.
    public void Dispose() => _ = DisposeAsync().AsTask();

    internal async Task ConnectAsync()
    {
        if (_redis is not null)
        {
            await _redis.ConnectAsync().ConfigureAwait(false);
            await BeatAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Renews what is held, tells that this instance lives, and settles what could not be settled before.</summary>
    private async Task BeatAsync()
    {
        var renewals = Hash([.. _keeper.Renewals()]);
        if (_distributed is null)
        {
            foreach (var renewal in renewals)
            {
                _local.Acquire([renewal]);
            }

            return;
        }

        foreach (var renewal in renewals.Where(renewal => _local.Knows(renewal.Key)))
        {
            _local.Acquire([renewal]);
        }

        var (answered, instances) = await _distributed.TryAsync(() => _redis!.BeatAsync(_beat.Instance, _beat.Lifetime, renewals)).ConfigureAwait(false);
        if (answered)
        {
            _distributed.Instances = instances;
            await _keeper.SettleAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes charge of what an admitted call holds. What a call may have left in Redis although it was refused, because its answer came too late, is given
    /// back.
    /// </summary>
    private RateLimitDecision WithReservations(LimitRequest[] requests, RateLimitDecision decision)
    {
        if (!Array.Exists(requests, IsNewHold))
        {
            return decision;
        }

        if (!decision.IsAcquired)
        {
            if (decision.IsDegraded)
            {
                GiveBack(requests);
            }

            return decision;
        }

        var reservations = new List<RateLimitReservation>();
        for (var i = 0; i < requests.Length; i++)
        {
            if (IsNewHold(requests[i]) && !decision.Policies[i].Violated)
            {
                reservations.Add(new(_keeper, new(requests[i])));
            }
        }

        decision.Reservations = reservations;
        return decision;
    }

    private void GiveBack(LimitRequest[] requests)
    {
        foreach (var request in Array.FindAll(requests, IsNewHold))
        {
            _keeper.SettleLater(new Held(request).Change(amount: 0));
        }
    }

    private bool IsNewHold(LimitRequest request) => request.Hold is { Id.Length: > 0, IsForced: false } && !_keeper.Knows(request.Hold.Id);
}
