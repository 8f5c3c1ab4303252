namespace StratAI.Caching.Internal;

internal sealed partial class CoherentHybridCache
{
    private async ValueTask<T> CreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryPolicy policy,
        IEnumerable<string>? tags,
        long floor,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entryTags = CacheNames.ToTags(tags);
        if (!IsCacheable(key, policy, entryTags))
        {
            metrics.Request(policy.UsesFactory ? RequestOutcome.Bypassed : RequestOutcome.Absent);
            return policy.UsesFactory ? await RunFactoryAsync(state, factory, cancellationToken).ConfigureAwait(false) : default!;
        }

        var flightKey = new FlightKey(key, typeof(T), policy.Flags, floor);
        while (true)
        {
            var trusted = clock.Now < local.TrustedUntil;
            var flight = Board<T>(flightKey, entryTags, out var starts);
            Task<Outcome<T>>? flying = null;
            try
            {
                // Runs on this caller's thread and execution context, so that the factory sees its Activity and HttpContext. It also waits for
                // the flight itself, unless that may deliver before its end, as word of that comes over the thread pool.
                flying = starts ? FlyAsync(flight, flightKey, state, factory, policy, TimeSpan.Zero) : null;
                var landing = flying is null || policy.SoftTimeout != Timeout.InfiniteTimeSpan ? flight.Completion : flying;
                var outcome = await LandAsync(flight, landing, starts || trusted, policy.HardTimeout, cancellationToken).ConfigureAwait(false);
                if (!starts && (outcome.IsMissing || outcome.IsOutdated(local, trusted)))
                {
                    // It may be on its way still, having delivered a value past its lifetime.
                    _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flightKey, flight));
                    continue;
                }

                if (outcome.TryTake(codecs.Get<T>(), out var value))
                {
                    metrics.Request(starts || outcome.Source == RequestOutcome.Stale ? outcome.Source : RequestOutcome.Joined);
                    return value;
                }

                metrics.Request(RequestOutcome.Bypassed);
                return await RunFactoryAsync(state, factory, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!starts && flight.StarterLeft && flight.Completion.IsFaulted && !cancellationToken.IsCancellationRequested)
            {
                // The factory failed after its own caller had gone, most likely because the services of that caller's request are
                // disposed. That is not this caller's failure: it tries with its own factory.
            }
            catch
            {
                metrics.Request(RequestOutcome.Failed);
                throw;
            }
            finally
            {
                flying?.Abandon();
                flight.Leave(abandonedByStarter: starts && !flight.Completion.IsCompleted);
            }
        }
    }

    /// <summary>Waits for what the flight brings, but no longer than the caller may.</summary>
    /// <param name="flight">The flight.</param>
    /// <param name="landing">Its end.</param>
    /// <param name="trusted">Whether L1 was trusted when the caller joined, or it started the flight itself.</param>
    /// <param name="hardTimeout">How long the caller may wait.</param>
    /// <param name="cancellationToken">The caller's.</param>
    private async ValueTask<Outcome<T>> LandAsync<T>(
        Flight<T> flight, Task<Outcome<T>> landing, bool trusted, TimeSpan hardTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return await landing.WaitAsync(hardTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!flight.Completion.IsCompleted)
        {
            flight.Keep();
            return flight.Stale is { } stale && (trusted || !stale.ByTrust) ? stale : throw HardTimeoutPassed(hardTimeout);
        }
    }

    private static TimeoutException HardTimeoutPassed(TimeSpan hardTimeout) => new($"The cache's factory took longer than its hard timeout of {hardTimeout}.");

    /// <summary>The flight under way for the key, or a new one.</summary>
    private Flight<T> Board<T>(FlightKey flightKey, string[] tags, out bool starts)
    {
        while (true)
        {
            var mark = local.Generations.Mark(flightKey.Key, tags);
            var now = clock.Now;
            if (!_flights.TryGetValue(flightKey, out var current))
            {
                var added = new Flight<T>(tags, mark, now);
                if (_flights.TryAdd(flightKey, added))
                {
                    starts = true;
                    return added;
                }

                continue;
            }

            // A flight that began before an invalidation this instance knows of may bring what was invalidated. Those already aboard
            // called before it; whoever calls after it must not be given that. While invalidations may be missed, one that is older than L1 may be
            // counts as such.
            var mayJoin = now < local.TrustedUntil || now < clock.After(current.BegunAt, Options.MaximumStaleness);
            if (mayJoin && local.Generations.Mark(flightKey.Key, current.Tags) == current.Mark && current.TryJoin())
            {
                starts = false;
                return (Flight<T>)current;
            }

            var next = new Flight<T>(tags, mark, now);
            if (_flights.TryUpdate(flightKey, next, current))
            {
                starts = true;
                return next;
            }
        }
    }

    /// <summary>Makes an entry anew in the background, before it expires.</summary>
    private void Refresh<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, string[] tags)
    {
        var flightKey = new FlightKey(key, typeof(T), policy.Flags, 0);
        var flight = Board<T>(flightKey, tags, out var starts);
        if (starts)
        {
            flight.Keep();
            // Not on the caller's thread: its hit does not wait for a slow beginning of the factory.
            Task.Run(() => FlyAsync(flight, flightKey, state, factory, policy, policy.RefreshMargin ?? TimeSpan.Zero)).Abandon();
        }

        flight.Leave(abandonedByStarter: starts);
    }

    /// <summary>What happens goes to those aboard.</summary>
    /// <param name="flight">The flight.</param>
    /// <param name="flightKey">Its key.</param>
    /// <param name="state">The factory's argument.</param>
    /// <param name="factory">The factory.</param>
    /// <param name="policy">How to cache.</param>
    /// <param name="atLeast">How long an entry of the shared level must live on to do; more than zero where one is made anew before its end.</param>
    private async Task<Outcome<T>> FlyAsync<TState, T>(
        Flight<T> flight, FlightKey flightKey, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, TimeSpan atLeast)
    {
        try
        {
            var outcome = await ProduceAsync(flight, flightKey, state, factory, policy, atLeast).ConfigureAwait(false);
            _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flightKey, flight));
            flight.Complete(outcome);
            return outcome;
        }
        catch (Exception error)
        {
            _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flightKey, flight));
            if (flight.Completion.IsCompleted || atLeast > TimeSpan.Zero)
            {
                logger.BackgroundFactoryFailed(error);
            }

            flight.Fail(error);
            throw;
        }
    }
}
