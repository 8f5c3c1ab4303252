using Microsoft.AspNetCore.Http;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting;

/// <summary>Settings of the rate limiter; validated when the application starts.</summary>
public sealed class RateLimitingOptions
{
    private readonly Dictionary<string, Func<HttpContext, ValueTask<string?>>> _partitions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<HttpContext, long>> _costs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<HttpContext, string?>> _groups = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A StackExchange.Redis configuration string. Default <see langword="null"/>: the application's own <c>IConnectionMultiplexer</c> is used if one
    /// is registered, else the limits are counted in this process.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>
    /// The first part of every Redis key. Default <c>ratelimit</c>. 1 to 64 visible ASCII characters without braces.
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
    /// For how long at most an instance remembers that a key is refused, and answers it without asking Redis; never longer than until the key could be
    /// admitted again. Default 5 s; zero turns it off; up to 1 minute. It is also how long another instance may go on refusing a key that
    /// <see cref="IRateLimitAdministration.ResetAsync"/> has freed.
    /// </summary>
    public TimeSpan DenialCacheDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The plan of a request's keys: the name of one of a policy's <see cref="RateLimitPolicy.Plans"/>, or <see langword="null"/>. Called at most once per
    /// request, and only when one of its policies has plans: a stage of the middleware that decides such a policy must come after what the plan hangs on, such
    /// as the user.
    /// </summary>
    public Func<HttpContext, ValueTask<string?>>? Plan { get; set; }

    /// <summary>
    /// Answers a refused request. Status (429, or 503 when a <see cref="OutageBehavior.Closed"/> policy could not be asked), <c>Retry-After</c> and
    /// <c>Cache-Control: no-store</c> are already set and may be changed. Default <see langword="null"/>: a problem document (RFC 9457) of type
    /// <c>quota-exceeded</c> or <c>temporary-reduced-capacity</c> that names the violated policies.
    /// </summary>
    public Func<HttpContext, RateLimitDecision, ValueTask>? OnRejected { get; set; }

    /// <summary>
    /// The policies by name; names differ by more than case. Configuration binds to them, so that it may add policies and change what code has added.
    /// </summary>
    public IDictionary<string, RateLimitPolicy> Policies { get; } = new Dictionary<string, RateLimitPolicy>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a policy for use from code.</summary>
    /// <param name="name">1 to 64 characters of an RFC 9651 token: a letter or <c>*</c>, then letters, digits and <c>!#$%&amp;'*+-.^_`|~:/</c>.</param>
    /// <param name="policy">The limit; it is copied.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is not such a token, or another policy has it.</exception>
    public RateLimitingOptions AddPolicy(string name, RateLimitPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!PolicyName.IsValid(name))
        {
            throw new ArgumentException($"The policy name '{name}' is not {PolicyName.Rule}.", nameof(name));
        }

        if (!Policies.TryAdd(name, policy.Copy()))
        {
            throw new ArgumentException($"There is already a policy named '{name}'.", nameof(name));
        }

        return this;
    }

    /// <summary>Adds a policy for use from code and, by its name, on endpoints (<c>RequireLimits</c>).</summary>
    /// <param name="name">As in <see cref="AddPolicy(string, RateLimitPolicy)"/>.</param>
    /// <param name="policy">The limit; it is copied.</param>
    /// <param name="partition">As in <see cref="Partition(string, Func{HttpContext, string?})"/>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">As in <see cref="AddPolicy(string, RateLimitPolicy)"/>.</exception>
    public RateLimitingOptions AddPolicy(string name, RateLimitPolicy policy, Func<HttpContext, string?> partition) =>
        AddPolicy(name, policy).Partition(name, partition);

    /// <summary>Says whose bucket of a policy a request is charged to, so that endpoints can require the policy by its name.</summary>
    /// <param name="name">The name of a policy, which code or configuration adds.</param>
    /// <param name="partition">
    /// Names the bucket of a request, such as <see cref="RateLimitPartitions.ByUser"/>; <see langword="null"/> or empty means that the policy does not
    /// apply to this request.
    /// </param>
    /// <returns>These options.</returns>
    public RateLimitingOptions Partition(string name, Func<HttpContext, string?> partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return Partition(name, context => new ValueTask<string?>(partition(context)));
    }

    /// <inheritdoc cref="Partition(string, Func{HttpContext, string?})"/>
    public RateLimitingOptions Partition(string name, Func<HttpContext, ValueTask<string?>> partition)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(partition);
        _partitions[name] = partition;
        return this;
    }

    /// <summary>Says what a request costs under a policy. Without it: 1. An endpoint's own cost (<c>WithLimitCost</c>) wins.</summary>
    /// <param name="name">The name of a policy, which code or configuration adds.</param>
    /// <param name="cost">
    /// 0 or more. A negative one fails the request with an <see cref="ArgumentOutOfRangeException"/> before anything is taken: it would give permits away.
    /// </param>
    /// <returns>These options.</returns>
    public RateLimitingOptions Cost(string name, Func<HttpContext, long> cost)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(cost);
        _costs[name] = cost;
        return this;
    }

    /// <summary>
    /// Says what the keys of a policy belong to, such as a user to a tenant: see <see cref="RateLimitCheck.Group"/>. Without it: each key to itself. Only for
    /// policies whose key always belongs to the same group: an address that many tenants share would have a bucket, and a whole limit, under each of them.
    /// </summary>
    /// <param name="name">The name of a policy, which code or configuration adds.</param>
    /// <param name="group">The group; <see langword="null"/>: the key itself.</param>
    /// <returns>These options.</returns>
    public RateLimitingOptions Group(string name, Func<HttpContext, string?> group)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(group);
        _groups[name] = group;
        return this;
    }

    internal Func<HttpContext, string?>? GroupOf(string name) => _groups.GetValueOrDefault(name);

    internal Func<HttpContext, long>? CostOf(string name) => _costs.GetValueOrDefault(name);

    internal Func<HttpContext, ValueTask<string?>> RequirePartition(string name, string? endpoint = null) =>
        Policies.ContainsKey(name) && _partitions.TryGetValue(name, out var partition) ? partition : throw new InvalidOperationException(
            (endpoint is null ? "The middleware" : $"Endpoint '{endpoint}'")
            + $" names the limit '{name}', which is "
            + (Policies.ContainsKey(name) ? "configured without a partition for requests." : "not configured."));
}
