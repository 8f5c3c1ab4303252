using Microsoft.AspNetCore.Http;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting;

/// <summary>Settings of the rate limiter; validated when the application starts.</summary>
public sealed class RateLimitingOptions
{
    private readonly Dictionary<string, RateLimitPolicy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<HttpContext, string?>> _partitions = new(StringComparer.Ordinal);

    /// <summary>
    /// A StackExchange.Redis configuration string. Default <see langword="null"/>: the application's own <c>IConnectionMultiplexer</c> is used if one
    /// is registered, else the limits are counted in this process.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>
    /// The first part of every Redis key, and its hash tag on Cluster. Default <c>ratelimit</c>. 1 to 64 visible ASCII characters without braces.
    /// Applications that share a Redis and must not share limits need different ones.
    /// </summary>
    public string KeyPrefix { get; set; } = "ratelimit";

    /// <summary>
    /// Secret for hashing keys (users, addresses) with HMAC-SHA-256 before they reach Redis; at least 16 characters, the same on every instance.
    /// Default <see langword="null"/>: plain SHA-256, which hides nothing from someone who can guess the keys, and IPv4 addresses are easily guessed.
    /// </summary>
    public string? KeyHashSecret { get; set; }

    /// <summary>
    /// How long a decision waits for Redis before the policy's <see cref="RateLimitPolicy.Outage"/> decides. Default 100 ms; from 1 ms to 30 s.
    /// </summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Answers a refused request. Status (429, or 503 when a <see cref="OutageBehavior.Closed"/> policy could not be asked), <c>Retry-After</c> and
    /// <c>Cache-Control: no-store</c> are already set and may be changed. Default <see langword="null"/>: a problem document (RFC 9457) of type
    /// <c>quota-exceeded</c> or <c>temporary-reduced-capacity</c> that names the violated policies.
    /// </summary>
    public Func<HttpContext, RateLimitDecision, ValueTask>? OnRejected { get; set; }

    /// <summary>The policies added so far, by name.</summary>
    public IReadOnlyDictionary<string, RateLimitPolicy> Policies => _policies;

    /// <summary>Adds a policy for use from code.</summary>
    /// <param name="name">1 to 64 characters of an RFC 9651 token: a letter or <c>*</c>, then letters, digits and <c>!#$%&amp;'*+-.^_`|~:/</c>.</param>
    /// <param name="policy">The limit.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is not such a token, or another policy has it.</exception>
    public RateLimitingOptions AddPolicy(string name, RateLimitPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!PolicyName.IsValid(name))
        {
            throw new ArgumentException($"The policy name '{name}' is not an RFC 9651 token of 1 to {PolicyName.MaxLength} characters.", nameof(name));
        }

        if (!_policies.TryAdd(name, policy))
        {
            throw new ArgumentException($"There is already a policy named '{name}'.", nameof(name));
        }

        return this;
    }

    /// <summary>Adds a policy for use from code and, by its name, on endpoints (<c>RequireLimits</c>).</summary>
    /// <param name="name">As in <see cref="AddPolicy(string, RateLimitPolicy)"/>.</param>
    /// <param name="policy">The limit.</param>
    /// <param name="partition">
    /// Names the bucket of a request, such as <see cref="RateLimitPartitions.ByUser"/>; <see langword="null"/> or empty means that the policy does not
    /// apply to this request.
    /// </param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">As in <see cref="AddPolicy(string, RateLimitPolicy)"/>.</exception>
    public RateLimitingOptions AddPolicy(string name, RateLimitPolicy policy, Func<HttpContext, string?> partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        AddPolicy(name, policy);
        _partitions.Add(name, partition);
        return this;
    }

    internal Func<HttpContext, string?> RequirePartition(string name, string? endpoint = null) =>
        _partitions.GetValueOrDefault(name) ?? throw new InvalidOperationException(
            (endpoint is null ? "The middleware" : $"Endpoint '{endpoint}'")
            + $" names the limit '{name}', which is "
            + (_policies.ContainsKey(name) ? "configured without a partition for requests." : "not configured."));
}
