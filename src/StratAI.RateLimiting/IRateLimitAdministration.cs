namespace StratAI.RateLimiting;

/// <summary>What operators ask and do. Nothing here is charged or counted in metrics.</summary>
public interface IRateLimitAdministration
{
    /// <summary>The policies that apply now, by name, plans and overrides included. Changing them changes nothing.</summary>
    IReadOnlyDictionary<string, RateLimitPolicy> Policies { get; }

    /// <summary>What is left in a bucket. Nothing is taken.</summary>
    /// <param name="policy">The name of a configured policy.</param>
    /// <param name="key">Whose bucket; not empty.</param>
    /// <param name="plan">As <see cref="RateLimitCheck.Plan"/>.</param>
    /// <param name="group">As <see cref="RateLimitCheck.Group"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The status; <see langword="null"/> when the key is exempt, or Redis gives no answer.</returns>
    /// <exception cref="ArgumentException">No policy has that name, or the key is empty.</exception>
    ValueTask<RateLimitStatus?> PeekAsync(
        string policy, string key, string? plan = null, string? group = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Empties a bucket of all that was counted and held: the key has its whole limit again. Work that goes on is held again at its next renewal. Another
    /// instance that remembers the key as refused goes on refusing it for at most <see cref="RateLimitingOptions.DenialCacheDuration"/>, and permits that instances took
    /// in advance stay with them.
    /// </summary>
    /// <param name="policy">The name of a configured policy.</param>
    /// <param name="key">Whose bucket; not empty.</param>
    /// <param name="group">As <see cref="RateLimitCheck.Group"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the bucket may have been emptied nevertheless.</param>
    /// <returns>Whether anything was counted or held; <see langword="null"/> when Redis gives no answer, and nothing was done.</returns>
    /// <exception cref="ArgumentException">No policy has that name, or the key is empty.</exception>
    ValueTask<bool?> ResetAsync(string policy, string key, string? group = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// The buckets of a policy in which anything is counted or held, in no order; those that change meanwhile may be missing or come twice. Redis is read by
    /// <c>SCAN</c>, so this is for operators, not for requests.
    /// </summary>
    /// <param name="policy">The name of a configured policy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgumentException">No policy has that name.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis gives no answer.</exception>
    /// <exception cref="TimeoutException">Redis gives no answer in time.</exception>
    IAsyncEnumerable<RateLimitBucket> ListAsync(string policy, CancellationToken cancellationToken = default);
}
