using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

internal sealed partial class CoherentHybridCache
{
    /// <summary>See <see cref="HybridCacheBatchExtensions"/>; <paramref name="names"/> are the cache's keys with the caller's.</summary>
    public async ValueTask<Dictionary<TKey, T>> GetOrCreateManyAsync<TKey, T>(
        IReadOnlyDictionary<string, TKey> names,
        Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> factory,
        HybridCacheEntryOptions? options,
        Func<TKey, IEnumerable<string>?>? tags,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (policy, floor) = await ForScopeAsync(EntryPolicy.From(options, Options)).ConfigureAwait(false);

        // All of the caller's code first: were it to fail in between, flights already on the board would never end.
        var entries = names.Select(named => (Name: named.Key, Key: named.Value, Tags: CacheNames.ToTags(tags?.Invoke(named.Value)))).ToArray();
        var batch = new Batch<TKey, T>(factory);
        var trusted = clock.Now < local.TrustedUntil;
        foreach (var (name, key, entryTags) in entries)
        {
            if (!IsCacheable(name, policy, entryTags))
            {
                batch.Uncached.Add(key);
            }
            else if ((clock.Now, local.HasDoubts) is var (now, doubts) && policy.ReadsLocal && now < local.TrustedUntil
                && local.TryGet(name, now, out var entry) && entry.Stamp.Sequence >= floor && TryUse<T>(name, entry, doubts, out var value))
            {
                metrics.Request(RequestOutcome.Local);
                batch.Found[key] = value;
            }
            else
            {
                var flightKey = new FlightKey(name, typeof(T), policy.Flags, floor);
                (Board<T>(flightKey, entryTags, out var starts) is var flight && starts ? batch.Own : batch.Joined).Add(new(key, flightKey, flight));
            }
        }

        Task? flying = null;
        try
        {
            if (batch.Own.Count > 0 || batch.Uncached.Count > 0)
            {
                flying = FlyAsync(batch, policy, cancellationToken);
                await LandAsync(batch, flying, policy.HardTimeout, cancellationToken).ConfigureAwait(false);
            }

            await JoinAsync(batch, trusted, policy.HardTimeout, options, tags, cancellationToken).ConfigureAwait(false);
            return batch.Found;
        }
        finally
        {
            flying?.Abandon();
            batch.Leave();
        }
    }

    /// <summary>Waits for what this call makes itself, but no longer than the caller may.</summary>
    private async ValueTask LandAsync<TKey, T>(Batch<TKey, T> batch, Task flying, TimeSpan hardTimeout, CancellationToken cancellationToken)
        where TKey : notnull
    {
        try
        {
            // Others may have joined: what is under way for them is not given up with this caller.
            await flying.WaitAsync(hardTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!flying.IsCompleted)
        {
            batch.Own.ForEach(seat => seat.Flight.Keep());
            if (!batch.TryCloseWithStale(codecs.Get<T>()))
            {
                throw HardTimeoutPassed(hardTimeout);
            }
        }
    }

    /// <summary>One read of L2 for all that this call makes, one run of the factory for what that misses.</summary>
    private async Task FlyAsync<TKey, T>(Batch<TKey, T> batch, EntryPolicy policy, CancellationToken cancellationToken)
        where TKey : notnull
    {
        try
        {
            var abandoned = batch.WhenAbandoned(cancellationToken);
            var begun = local.Now;
            var misses = new List<Seat<TKey, T>>();
            foreach (var seat in batch.Own)
            {
                if (TryUseLeftBehind<T>(seat.FlightKey, policy, out var left))
                {
                    End(batch, seat, left);
                }
                else
                {
                    misses.Add(seat);
                }
            }

            if (policy.ReadsShared && misses.Count > 0)
            {
                var asked = misses;
                var reads = await shared.ReadManyAsync([.. asked.Select(seat => seat.Name)], begun, abandoned).ConfigureAwait(false);
                misses = [];
                foreach (var (seat, read) in asked.Zip(reads))
                {
                    if (!shared.IsInDoubt(seat.Name, []) && TryUse<T>(seat.Name, read, TimeSpan.Zero, policy, out var hit))
                    {
                        End(batch, seat, hit);
                        continue;
                    }

                    seat.Read = read;
                    OfferStale(seat.Flight, seat.Name, read, policy);
                    misses.Add(seat);
                }
            }

            foreach (var seat in misses.Where(seat => seat.Flight.Stale is null))
            {
                OfferStale(seat.Flight, seat.FlightKey, policy);
            }

            if (!policy.UsesFactory)
            {
                misses.ForEach(seat => End(batch, seat, Missing<T>(begun)));
            }
            else if (misses.Count > 0 || batch.Uncached.Count > 0)
            {
                await MakeAsync(batch, misses, policy, abandoned).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            foreach (var seat in batch.Own)
            {
                _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(seat.FlightKey, seat.Flight));
                seat.Flight.Fail(error);
            }

            throw;
        }
    }

    private async ValueTask MakeAsync<TKey, T>(Batch<TKey, T> batch, List<Seat<TKey, T>> misses, EntryPolicy policy, CancellationToken cancellationToken)
        where TKey : notnull
    {
        var stamp = local.Now;
        IReadOnlyDictionary<TKey, T> made;
        try
        {
            made = await RunFactoryAsync(
                (batch, keys: (IReadOnlyList<TKey>)[.. misses.Select(seat => seat.Key), .. batch.Uncached]),
                static (run, token) => run.batch.Factory(run.keys, token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (batch.Uncached.Count == 0 && misses.TrueForAll(seat => seat.Flight.Stale is not null) && !cancellationToken.IsCancellationRequested)
        {
            logger.StaleServed(error);
            foreach (var seat in misses)
            {
                Prolong(seat.Name);
                End(batch, seat, seat.Flight.Stale!);
            }

            return;
        }

        foreach (var key in batch.Uncached)
        {
            metrics.Request(RequestOutcome.Bypassed);
            if (made.TryGetValue(key, out var value))
            {
                batch.Take(key, value);
            }
        }

        // All at once: they share the round trips of one connection.
        await Task.WhenAll(misses.Select(async seat =>
        {
            var outcome = made.TryGetValue(seat.Key, out var value)
                ? await StoreAsync(seat.Name, value, seat.Flight.Tags, policy.ForStoring(), stamp, seat.Read.Reached || !policy.ReadsShared).ConfigureAwait(false)
                : Missing<T>(stamp);
            End(batch, seat, outcome);
        })).ConfigureAwait(false);
    }

    /// <summary>Waits for what other calls make; what they leave open this one makes alone.</summary>
    private async ValueTask JoinAsync<TKey, T>(
        Batch<TKey, T> batch,
        bool trusted,
        TimeSpan hardTimeout,
        HybridCacheEntryOptions? options,
        Func<TKey, IEnumerable<string>?>? tags,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        var open = new Dictionary<string, TKey>(StringComparer.Ordinal);
        foreach (var seat in batch.Joined)
        {
            Outcome<T>? outcome = null;
            try
            {
                outcome = await LandAsync(seat.Flight, seat.Flight.Completion, trusted, hardTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (seat.Flight.StarterLeft && seat.Flight.Completion.IsFaulted && !cancellationToken.IsCancellationRequested)
            {
                // Not this caller's failure: see CreateAsync.
            }

            if (outcome is { IsMissing: false } && !outcome.IsOutdated(local, trusted) && outcome.TryTake(codecs.Get<T>(), out var value))
            {
                metrics.Request(RequestOutcome.Joined);
                batch.Found[seat.Key] = value;
            }
            else
            {
                _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(seat.FlightKey, seat.Flight));
                open[seat.Name] = seat.Key;
            }
        }

        if (open.Count > 0)
        {
            foreach (var (key, value) in await GetOrCreateManyAsync(open, batch.Factory, options, tags, cancellationToken).ConfigureAwait(false))
            {
                batch.Found[key] = value;
            }
        }
    }

    private void End<TKey, T>(Batch<TKey, T> batch, Seat<TKey, T> seat, Outcome<T> outcome)
        where TKey : notnull
    {
        _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(seat.FlightKey, seat.Flight));
        batch.Take(seat.Key, outcome, codecs.Get<T>());
        metrics.Request(outcome.Source);
        seat.Flight.Complete(outcome);
    }

    private static Outcome<T> Missing<T>(Stamp stamp) => new(default!, null, RequestOutcome.Absent, stamp) { IsMissing = true };
}
