namespace StratAI.Caching.Internal;

internal sealed partial class CoherentHybridCache
{
    private async ValueTask<T> CreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        EntryPolicy policy,
        IEnumerable<string>? tags,
        CancellationToken cancellationToken)
    {
        var entryTags = CacheNames.ToTags(tags);
        if (!IsCacheable(key, policy, entryTags))
        {
            metrics.Request(policy.UsesFactory ? RequestOutcome.Bypassed : RequestOutcome.Absent);
            return policy.UsesFactory ? await RunFactoryAsync(state, factory, cancellationToken).ConfigureAwait(false) : default!;
        }

        var flightKey = new FlightKey(key, typeof(T), policy.Flags);
        while (true)
        {
            var flight = Board<T>(flightKey, entryTags, out var starts);
            try
            {
                if (starts)
                {
                    // Runs on this caller's thread and execution context, so that the factory sees its Activity and HttpContext.
                    _ = FlyAsync(flight, flightKey, state, factory, policy);
                }

                var outcome = await flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!starts && outcome.IsOutdated(local))
                {
                    continue;
                }

                if (outcome.TryTake(codecs.Get<T>(), out var value))
                {
                    metrics.Request(starts ? outcome.Source : RequestOutcome.Joined);
                    return value;
                }

                metrics.Request(RequestOutcome.Bypassed);
                return await RunFactoryAsync(state, factory, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!starts && flight.StarterLeft && !cancellationToken.IsCancellationRequested)
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
                flight.Leave(abandonedByStarter: starts && !flight.Completion.IsCompleted);
            }
        }
    }

    /// <summary>The flight under way for the key, or a new one.</summary>
    private Flight<T> Board<T>(FlightKey flightKey, string[] tags, out bool starts)
    {
        while (true)
        {
            var mark = local.Generations.Mark(flightKey.Key, tags);
            if (!_flights.TryGetValue(flightKey, out var current))
            {
                var added = new Flight<T>(tags, mark);
                if (_flights.TryAdd(flightKey, added))
                {
                    starts = true;
                    return added;
                }

                continue;
            }

            // A flight that began before an invalidation this instance knows of may bring what was invalidated. Those already aboard
            // called before it; whoever calls after it must not be given that.
            if (local.Generations.Mark(flightKey.Key, current.Tags) == current.Mark && current.TryJoin())
            {
                starts = false;
                return (Flight<T>)current;
            }

            var next = new Flight<T>(tags, mark);
            if (_flights.TryUpdate(flightKey, next, current))
            {
                starts = true;
                return next;
            }
        }
    }

    /// <summary>Never throws; what happens goes to those aboard.</summary>
    private async Task FlyAsync<TState, T>(
        Flight<T> flight, FlightKey flightKey, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy)
    {
        try
        {
            var outcome = await ProduceAsync(flight, flightKey.Key, state, factory, policy).ConfigureAwait(false);
            _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flightKey, flight));
            flight.Complete(outcome);
        }
        catch (Exception error)
        {
            _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flightKey, flight));
            flight.Fail(error);
        }
    }

    private async ValueTask<Outcome<T>> ProduceAsync<TState, T>(
        Flight<T> flight, string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy)
    {
        var codec = codecs.Get<T>();
        var stamp = local.Now;
        var reached = true;
        if (policy.ReadsShared && !shared.IsInDoubt(key, []))
        {
            var read = await shared.ReadAsync(key, stamp, flight.Abandoned).ConfigureAwait(false);
            reached = read.Reached;
            stamp = reached ? read.Stamp : stamp;
            if (read.Content is { } found && !shared.IsInDoubt(key, found.Tags) && codec.TryDecode(found, out var hit))
            {
                if (policy.WritesLocal)
                {
                    KeepLocal(key, hit, found, stamp, policy.LocalExpiration < read.Remaining ? policy.LocalExpiration : read.Remaining);
                }

                return new(hit, found, RequestOutcome.Shared, stamp);
            }
        }

        if (!policy.UsesFactory)
        {
            return new(default!, null, RequestOutcome.Absent, stamp);
        }

        var value = await RunFactoryAsync(state, factory, flight.Abandoned).ConfigureAwait(false);
        if (!codec.TryEncode(value, flight.Tags, out var content))
        {
            return new(value, null, RequestOutcome.Created, stamp);
        }

        // A level that did not answer a moment ago is not asked to store.
        var filled = policy.WritesShared && reached && !shared.IsInDoubt(key, flight.Tags)
            ? await shared.FillAsync(key, content, policy.Expiration, stamp).ConfigureAwait(false)
            : FillResult.NotStored;
        if (policy.WritesLocal && filled != FillResult.Stale)
        {
            KeepLocal(key, value, content, stamp, policy.LocalExpiration);
        }

        return new(value, content, RequestOutcome.Created, stamp);
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
