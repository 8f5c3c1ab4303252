namespace StratAI.Caching.Internal;

internal sealed partial class CoherentHybridCache
{
    /// <summary>How long a value past its lifetime is served before a factory that failed is tried again.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private async ValueTask<Outcome<T>> ProduceAsync<TState, T>(
        Flight<T> flight, FlightKey flightKey, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, TimeSpan atLeast)
    {
        var key = flightKey.Key;
        var begun = local.Now;
        var reached = true;
        var refreshes = atLeast > TimeSpan.Zero;
        IFactoryLease? lease = null;

        if (!refreshes && TryUseLeftBehind<T>(flightKey, policy, out var left))
        {
            return left;
        }

        if (policy.ReadsShared && !shared.IsInDoubt(key, []))
        {
            var read = await shared.ReadAsync(key, begun, strict: flightKey.Floor > 0 || !policy.ReadsLocal, flight.Abandoned).ConfigureAwait(false);
            if (TryUse<T>(key, read, atLeast, policy, out var hit))
            {
                return hit;
            }

            if (read.Reached && policy is { IsExpensive: true, UsesFactory: true, WritesShared: true })
            {
                var patience = refreshes ? TimeSpan.Zero : Options.FactoryWait;
                var claim = await shared.ClaimAsync(key, begun, atLeast, patience, flight.Abandoned).ConfigureAwait(false);
                (read, lease) = (claim.Read, claim.Lease);
                if (claim.IsHit && TryUse(key, read, atLeast, policy, out hit))
                {
                    return hit;
                }

                if (refreshes && lease is null)
                {
                    // Another instance makes it anew.
                    return new(default!, null, RequestOutcome.Absent, begun) { IsMissing = true };
                }
            }

            reached = read.Reached;
            OfferStale(flight, key, read, policy);
        }

        if (!policy.UsesFactory)
        {
            return new(default!, null, RequestOutcome.Absent, begun);
        }

        if (flight.Stale is null)
        {
            OfferStale(flight, flightKey, policy);
        }

        return await MakeAsync(flight, key, state, factory, policy, reached, lease).ConfigureAwait(false);
    }

    private async ValueTask<Outcome<T>> MakeAsync<TState, T>(
        Flight<T> flight,
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryPolicy policy,
        bool reached,
        IFactoryLease? lease)
    {
        var stamp = local.Now;
        var lookAgain = true;
        try
        {
            using var soft = flight.Stale is null || policy.SoftTimeout == Timeout.InfiniteTimeSpan
                ? null
                : time.CreateTimer(_ => flight.DeliverStale(), null, policy.SoftTimeout, Timeout.InfiniteTimeSpan);
            var value = await RunFactoryAsync(state, factory, flight.Abandoned).ConfigureAwait(false);
            var outcome = await StoreAsync(key, value, flight.Tags, policy.ForStoring(), stamp, reached).ConfigureAwait(false);
            lookAgain = outcome.IsCacheable;
            return outcome;
        }
        catch (Exception error) when (flight.Stale is not null && !flight.Abandoned.IsCancellationRequested)
        {
            logger.StaleServed(error);
            Prolong(key);
            return flight.Stale;
        }
        finally
        {
            if (lease is not null)
            {
                await lease.EndAsync(lookAgain).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stores what a factory made, unless it was invalidated since <paramref name="stamp"/>.</summary>
    private async ValueTask<Outcome<T>> StoreAsync<T>(string key, T value, string[] tags, EntryPolicy policy, Stamp stamp, bool reached)
    {
        if (!codecs.Get<T>().TryEncode(value, tags, out var content))
        {
            return new(value, null, RequestOutcome.Created, stamp);
        }

        // A level that did not answer a moment ago is not asked to store.
        var filled = policy.WritesShared && reached && !shared.IsInDoubt(key, tags)
            ? await shared.FillAsync(key, content, policy, stamp).ConfigureAwait(false)
            : FillResult.NotStored;
        if (policy.WritesLocal && filled != FillResult.Stale)
        {
            KeepLocal(key, value, content, stamp, Lifetime.From(clock, policy, policy.Expiration, policy.FailSafe));
        }

        return new(value, content, RequestOutcome.Created, stamp);
    }

    /// <summary>
    /// Another flight may have ended between a caller's look at L1 and its look at the flights; its value was in L1 before it went.
    /// </summary>
    private bool TryUseLeftBehind<T>(FlightKey flightKey, EntryPolicy policy, out Outcome<T> left)
    {
        var (now, doubts) = (clock.Now, local.HasDoubts);
        var found = policy.ReadsLocal && now < local.TrustedUntil && local.TryGet(flightKey.Key, now, out var entry)
            && entry.Stamp.Sequence >= flightKey.Floor && TryUse<T>(flightKey.Key, entry, doubts, out var value)
                ? new Outcome<T>(value, entry.Content, RequestOutcome.Local, entry.Stamp) { ByTrust = true }
                : null;
        left = found!;
        return found is not null;
    }

    /// <summary>Takes what the shared level holds, and keeps it in L1.</summary>
    private bool TryUse<T>(string key, SharedRead read, TimeSpan atLeast, EntryPolicy policy, out Outcome<T> hit)
    {
        hit = null!;
        if (read.Content is not { } found || read.Remaining <= atLeast || !IsValid(key, read.Stamp, found.Tags) || !codecs.Get<T>().TryDecode(found, out var value))
        {
            return false;
        }

        if (policy.WritesLocal)
        {
            KeepLocal(key, value, found, read.Stamp, Lifetime.From(clock, policy, read.Remaining, read.Grace));
        }

        hit = new(value, found, RequestOutcome.Shared, read.Stamp) { ByTrust = read.ByTrust };
        return true;
    }

    /// <summary>
    /// Whether what was read of the shared level still holds. An invalidation of this instance that was in doubt may have been delivered after the
    /// read; it is then known here before it stops being in doubt, hence the order.
    /// </summary>
    private bool IsValid(string key, Stamp stamp, string[] tags) => !shared.IsInDoubt(key, tags) && local.IsCurrent(key, stamp, tags);

    /// <summary>Holds ready what the shared level keeps past its lifetime.</summary>
    private void OfferStale<T>(Flight<T> flight, string key, SharedRead read, EntryPolicy policy)
    {
        if (policy.FailSafe > TimeSpan.Zero && read.Content is { } kept && read.Remaining <= TimeSpan.Zero && IsValid(key, read.Stamp, kept.Tags)
            && codecs.Get<T>().TryDecode(kept, out var value))
        {
            flight.Stale = new(value, kept, RequestOutcome.Stale, read.Stamp) { ByTrust = read.ByTrust };
            if (policy.WritesLocal)
            {
                // Already a miss; here to be prolonged.
                var now = clock.Now;
                var until = clock.After(now, read.Remaining + read.Grace);
                local.Put(key, new LocalEntry(ValueCodec<T>.IsShareable ? value : null, kept, read.Stamp, new(now, until, long.MaxValue)));
            }
        }
    }

    /// <summary>Holds ready what L1 keeps past its lifetime.</summary>
    private void OfferStale<T>(Flight<T> flight, FlightKey flightKey, EntryPolicy policy)
    {
        var now = clock.Now;
        if (policy.FailSafe > TimeSpan.Zero && policy.ReadsLocal && now < local.TrustedUntil && local.TryGetKept(flightKey.Key, now, out var kept)
            && kept.Stamp.Sequence >= flightKey.Floor && !shared.IsInDoubt(flightKey.Key, kept.Tags) && kept.TryRead(codecs, out T value))
        {
            flight.Stale = new(value, kept.Content, RequestOutcome.Stale, kept.Stamp) { ByTrust = true };
        }
    }

    /// <summary>Until a factory that failed is tried again, hits in L1 spare it.</summary>
    private void Prolong(string key)
    {
        var now = clock.Now;
        if (local.TryGetKept(key, now, out var kept) && kept.ExpiresAt <= now)
        {
            local.Put(key, kept.Prolonged(clock.After(now, RetryPause)));
        }
    }

    private async ValueTask<T> RunFactoryAsync<TState, T>(
        TState state, Func<TState, CancellationToken, ValueTask<T>> factory, CancellationToken cancellationToken)
    {
        using var activity = CacheMetrics.Activities.StartActivity("cache.create");
        var started = time.GetTimestamp();
        var succeeded = false;
        try
        {
            var value = await factory(state, cancellationToken).ConfigureAwait(false);
            succeeded = true;
            return value;
        }
        finally
        {
            metrics.Factory(time.GetElapsedTime(started), succeeded);
        }
    }
}
