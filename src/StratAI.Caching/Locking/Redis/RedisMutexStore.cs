using StratAI.Caching.Internal;
using StratAI.Caching.Locking.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>Exclusion across all instances on one Redis: standalone, behind Sentinel, or a Cluster.</summary>
internal sealed class RedisMutexStore(RedisConnection connection, MutexKeys names, MutexSettings settings) : IMutexStore
{
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromMilliseconds(1);

    private readonly MutexCalls _calls = new(connection, names, settings);
    private readonly MutexGrants _grants = new(connection, names);

    public async ValueTask<IMutexHandle?> AcquireAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_calls.TryEnter())
        {
            throw new MutexUnavailableException(_calls.RetryAfter, null);
        }

        var limit = new WaitLimit(wait, settings.Time);
        var waiter = _grants.Register(name);
        RedisMutexHandle? handle = null;
        try
        {
            return handle = await AcquireAsync(waiter, limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _grants.Remove(waiter);
            if (handle is null && (waiter.HasPlace || waiter.IsUnsure))
            {
                // Whatever Redis does for it from here on is undone. The caller has been kept long enough.
                waiter.Ticket.Abandon();
                _ = _calls.RunUntilDoneAsync(MutexScripts.Leave, waiter.Ticket);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _grants.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<RedisMutexHandle?> AcquireAsync(MutexWaiter waiter, WaitLimit limit, CancellationToken cancellationToken)
    {
        MutexAnswer answer;
        try
        {
            answer = await AskAsync(waiter, limit.Left != TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MutexUnavailableException(_calls.RetryAfter, error);
        }

        if (answer.Held)
        {
            return new(_calls, settings, waiter.Ticket, answer.Token, answer.Asked, settings.Lease);
        }

        return waiter.HasPlace ? await WaitAsync(waiter, answer, limit, cancellationToken).ConfigureAwait(false) : null;
    }

    private async ValueTask<RedisMutexHandle?> WaitAsync(
        MutexWaiter waiter, MutexAnswer answer, WaitLimit limit, CancellationToken cancellationToken)
    {
        var pause = await HearsAsync(cancellationToken).ConfigureAwait(false) ? PauseAfter(answer) : TimeSpan.Zero;
        while (true)
        {
            var left = limit.Left;
            var last = left != Timeout.InfiniteTimeSpan && left <= pause;
            if (await GrantedAsync(waiter, last ? left : pause, cancellationToken).ConfigureAwait(false) is { } token)
            {
                // It was granted after the last answer, or the token would not be higher than that told; and so the lease lasts at least this long from then on.
                if (token > answer.Token && settings.Time.GetElapsedTime(answer.Asked) < MutexSettings.Reliable(settings.Place) / 2)
                {
                    return new(_calls, settings, waiter.Ticket, token, answer.Asked, settings.Place);
                }

                waiter.Forget();
            }
            else if (last)
            {
                return null;
            }

            try
            {
                answer = await AskAsync(waiter, waits: true, cancellationToken).ConfigureAwait(false);
                pause = PauseAfter(answer);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                if (settings.Time.GetElapsedTime(answer.Asked) >= settings.Place)
                {
                    throw new MutexUnavailableException(_calls.RetryAfter, error);
                }

                pause = settings.Place / 10;
            }

            if (answer.Held)
            {
                return new(_calls, settings, waiter.Ticket, answer.Token, answer.Asked, settings.Lease);
            }
        }
    }

    private async Task<MutexAnswer> AskAsync(MutexWaiter waiter, bool waits, CancellationToken cancellationToken)
    {
        var asked = settings.Time.GetTimestamp();
        (waiter.HasPlace, waiter.IsUnsure) = (waits, true);
        var answer = MutexAnswer.From(
            await _calls.RunAsync(MutexScripts.Acquire, waiter.Ticket, waits, cancellationToken).ConfigureAwait(false), asked);
        waiter.IsUnsure = false;
        return answer;
    }

    /// <summary>Often enough to keep the place, and when the owner's lease ends, should it not be renewed.</summary>
    private TimeSpan PauseAfter(MutexAnswer answer)
    {
        var (expiry, renewal) = (answer.OwnerLeft + AfterExpiry, settings.Place / 3);
        return expiry < renewal ? expiry : renewal;
    }

    /// <returns>Whether no grant since the place was taken can have been missed for want of a subscription.</returns>
    private async Task<bool> HearsAsync(CancellationToken cancellationToken)
    {
        var subscribing = _grants.SubscribedAsync();
        if (subscribing.IsCompletedSuccessfully)
        {
            return true;
        }

        try
        {
            await subscribing.WaitAsync(settings.Place / 3, settings.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            subscribing.Abandon();
        }

        return false;
    }

    private async Task<long?> GrantedAsync(MutexWaiter waiter, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Granted.WaitAsync(pause, settings.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
