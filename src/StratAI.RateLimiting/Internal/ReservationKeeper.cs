using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Keeps what this process holds: renews it at every beat, and sends settlements again until the store has them. A reservation that nobody refers to
/// any more is no longer renewed, and lapses.
/// </summary>
internal sealed class ReservationKeeper(ReservationKeeper.IStore store, TimeProvider time, ILogger logger)
{
    /// <summary>After that, what could not be settled is given up: a budget's window may be over, and its hold has lapsed long ago.</summary>
    private static readonly TimeSpan SettleFor = TimeSpan.FromHours(1);

    private const int MaxUnsettled = 100_000;

    private readonly ConcurrentDictionary<string, (Held Held, WeakReference<RateLimitReservation> Holder)> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(LimitRequest Change, long Since)> _unsettled = new();

    /// <summary>Where permits are held.</summary>
    internal interface IStore
    {
        /// <summary>Holds another amount if there is room.</summary>
        ValueTask<RateLimitDecision> ExtendAsync(LimitRequest change, CancellationToken cancellationToken);

        /// <summary>Makes a forced change.</summary>
        /// <returns>Whether the store has it.</returns>
        ValueTask<bool> SettleAsync(LimitRequest change);
    }

    public int Count => _held.Count;

    public int Unsettled => _unsettled.Count;

    public bool Knows(string id) => _held.ContainsKey(id);

    public void Add(Held held, RateLimitReservation holder) => _held[held.Id] = (held, new(holder));

    /// <returns>The decision; <see langword="null"/> when it has ended.</returns>
    public async ValueTask<RateLimitDecision?> ExtendAsync(Held held, long amount, CancellationToken cancellationToken)
    {
        await held.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (held.HasEnded)
            {
                return null;
            }

            var decision = await store.ExtendAsync(held.Change(amount, isForced: amount <= held.Amount), cancellationToken).ConfigureAwait(false);
            if (decision.IsAcquired)
            {
                held.Amount = amount;
            }

            return decision;
        }
        finally
        {
            held.Gate.Release();
        }
    }

    public async ValueTask SettleAsync(Held held, long charge)
    {
        if (!held.TryEnd())
        {
            return;
        }

        _held.TryRemove(held.Id, out _);
        await held.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await SettleAsync(held.Change(amount: 0, charge)).ConfigureAwait(false);
        }
        finally
        {
            held.Gate.Release();
        }
    }

    /// <summary>Sends a forced change, now or, when the store gives no answer, at a later beat.</summary>
    public async ValueTask SettleAsync(LimitRequest change)
    {
        if (!await store.SettleAsync(change).ConfigureAwait(false))
        {
            SettleLater(change);
        }
    }

    public void SettleLater(LimitRequest change)
    {
        if (_unsettled.Count >= MaxUnsettled)
        {
            Log.SettlementLost(logger, change.Policy.Name);
            return;
        }

        _unsettled.Enqueue((change, time.GetTimestamp()));
    }

    /// <summary>What is to be renewed now.</summary>
    public List<LimitRequest> Renewals()
    {
        var renewals = new List<LimitRequest>(_held.Count);
        foreach (var (id, (held, holder)) in _held)
        {
            if (!holder.TryGetTarget(out _))
            {
                _held.TryRemove(id, out _);
            }
            else if (!held.HasEnded)
            {
                renewals.Add(held.Change(held.Amount));
            }
        }

        return renewals;
    }

    /// <summary>Sends again what could not be settled, in the order in which it came.</summary>
    public async Task SettleAsync()
    {
        for (var left = _unsettled.Count; left > 0 && _unsettled.TryPeek(out var next); left--)
        {
            if (time.GetElapsedTime(next.Since) > SettleFor)
            {
                Log.SettlementLost(logger, next.Change.Policy.Name);
            }
            else if (!await store.SettleAsync(next.Change).ConfigureAwait(false))
            {
                return;
            }

            _unsettled.TryDequeue(out _);
        }
    }
}
