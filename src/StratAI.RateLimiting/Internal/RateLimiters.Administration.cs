using System.Globalization;
using System.Runtime.CompilerServices;

namespace StratAI.RateLimiting.Internal;

/// <summary>What operators ask.</summary>
internal sealed partial class RateLimiters : IRateLimitAdministration
{
    IReadOnlyDictionary<string, RateLimitPolicy> IRateLimitAdministration.Policies =>
        _policies.All.ToDictionary(policy => policy.Name, policy => policy.Configured.Copy(), StringComparer.OrdinalIgnoreCase);

    public async ValueTask<RateLimitStatus?> PeekAsync(
        string policy, string key, string? plan = null, string? group = null, CancellationToken cancellationToken = default)
    {
        var requests = Hash(Prepare([new(policy, key, Cost: 0) { Plan = plan, Group = group }], reserve: false));
        return requests.Length == 0 ? null : await PeekAsync(requests, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool?> ResetAsync(string policy, string key, string? group = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var found = _policies.Find(policy);
        var bucket = new LimitRequest(found, found.Rules, key, group, 0).Hashed(_hasher).Key;
        var known = _local.Remove(bucket);
        Forget();
        if (_distributed is null)
        {
            return known;
        }

        var (answered, removed) = await _distributed.TryAsync(() => _redis!.RemoveAsync(bucket, found.Rules.Kind, cancellationToken)).ConfigureAwait(false);
        return answered ? removed : null;
    }

    public async IAsyncEnumerable<RateLimitBucket> ListAsync(string policy, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var found = _policies.Find(policy);
        var keys = _redis?.KeysOfAsync(found.Name, found.Rules.Kind) ?? _local.KeysOf(found.Name).ToAsyncEnumerable();
        await foreach (var key in keys.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            // The text of the key is not known any more; the hash is.
            var request = new LimitRequest(found, found.Rules, "", null, 0) { Key = key };
            if (await PeekAsync([request], cancellationToken).ConfigureAwait(false) is { } status)
            {
                yield return new(key.Hash.ToString("x32", CultureInfo.InvariantCulture), status);
            }
        }
    }

    private async ValueTask<RateLimitStatus?> PeekAsync(LimitRequest[] requests, CancellationToken cancellationToken)
    {
        LimitReply? reply = _distributed is null ? _local.Acquire(requests) : await _distributed.TryAcquireAsync(requests, cancellationToken).ConfigureAwait(false);
        return reply is { } known ? Decisions.Status(requests[0], known.Buckets[0]) : null;
    }

    /// <summary>Forgets what this instance believes about buckets without asking.</summary>
    private void Forget()
    {
        _denials.Clear();
        _blocks.Clear();
    }
}
