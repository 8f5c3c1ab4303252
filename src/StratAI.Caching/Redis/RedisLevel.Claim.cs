using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

internal sealed partial class RedisLevel
{
    public async ValueTask<Claim> ClaimAsync(string key, Stamp begun, TimeSpan atLeast, TimeSpan patience, CancellationToken cancellationToken)
    {
        RedisValue token = Guid.NewGuid().ToString("N");
        var asked = _settings.Time.GetTimestamp();
        while (true)
        {
            // Before the question: word that the other has ended may come with the answer.
            using var waiter = _leases.Register(key);
            var result = await _calls.TryRunAsync(
                "claim",
                Scripts.Claim,
                [Records.Entry(key), Records.Lease(key)],
                [token, Milliseconds(_settings.Lease), Milliseconds(atLeast)],
                cancellationToken).ConfigureAwait(false);
            if (result is null || LostItsEnd(result, begun))
            {
                return new(new(Reached: false, begun), IsHit: false, Lease: null);
            }

            var read = ToRead(_local.Observe(begun, (long)result[0]), result[1], result[2]);
            var left = patience - _settings.Time.GetElapsedTime(asked);
            if ((int)result[3] == 2 && read.Content is not null)
            {
                return new(read, IsHit: true, Lease: null);
            }

            if ((int)result[3] == 1)
            {
                return new(read, IsHit: false, new FactoryLease(_calls, _settings, key, token));
            }

            // A holder that lives renews its lease; when the time it has left is over without a word, it is dead.
            var lease = TimeSpan.FromMilliseconds(Math.Max(1, (long)result[4]));
            if (left <= TimeSpan.Zero || await WaitAsync(waiter, lease < left ? lease : left, cancellationToken).ConfigureAwait(false))
            {
                return new(read, IsHit: false, Lease: null);
            }
        }
    }

    /// <returns>Whether the wait ended with word that it is no use to look for the value.</returns>
    private async ValueTask<bool> WaitAsync(LeaseSignals.Waiter waiter, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Signalled.WaitAsync(time, _settings.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
