using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>Instances on servers of the test's own, and what holds for them whatever happens to those servers.</summary>
public abstract class FaultTest : IAsyncLifetime
{
    protected static readonly TimeSpan RedisTimeout = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaximumStaleness = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly List<CacheNode> _nodes = [];

    /// <summary>Of its own, as servers may be shared by the tests of a class.</summary>
    protected string Namespace { get; } = $"faults-{Guid.NewGuid():N}";

    public static TheoryData<string> Calls => [.. CallNames];

    protected static IReadOnlyList<string> CallNames { get; } = ["get", "set", "remove", "remove many", "remove by tag", "remove all"];

    public abstract Task InitializeAsync();

    public async Task DisposeAsync()
    {
        // The servers first: the client says goodbye and waits for the answer, which one that hangs would never give.
        await DisposeServersAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    protected abstract Task DisposeServersAsync();

    /// <summary>An instance. Only the cache's own timeout ends its calls, not the client's.</summary>
    protected CacheNode CreateNode(string configuration, Action<CachingOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var node = new CacheNode(
            options =>
            {
                options.Configuration = $"{configuration},connectTimeout=500,connectRetry=1,asyncTimeout=60000";
                options.Namespace = Namespace;
                options.Default.Expiration = TimeSpan.FromHours(4);
                (options.RedisTimeout, options.MaximumStaleness) = (RedisTimeout, MaximumStaleness);
                configure?.Invoke(options);
            },
            services);
        _nodes.Add(node);
        return node;
    }

    protected static async Task CallAsync(CacheNode node, string call, string key)
    {
        switch (call)
        {
            case "get":
                Assert.Equal("made", await ReadAsync(node, key, "made"));
                break;
            case "set":
                await node.Cache.SetAsync(key, "set", tags: ["t"]);
                break;
            case "remove":
                await node.Cache.RemoveAsync(key);
                break;
            case "remove many":
                await node.Cache.RemoveAsync(Enumerable.Range(0, 1000).Select(i => $"{key}-{i}"));
                break;
            case "remove by tag":
                await node.Cache.RemoveByTagAsync("t");
                break;
            default:
                await node.Cache.RemoveByTagAsync("*");
                break;
        }
    }

    protected static Task<string> ReadAsync(CacheNode node, string key, string made) =>
        node.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(made), tags: ["t"]).AsTask();

    /// <summary>The call ends when the clock has moved by the timeout once, or before.</summary>
    protected static async Task InTimeAsync(CacheNode node, Func<Task> call)
    {
        var calling = call();
        node.Time.Advance(RedisTimeout);
        await calling.WaitAsync(Deadline);
    }

    /// <summary>The call ends though the clock stands still: it waits for nothing.</summary>
    protected static Task AtOnceAsync(Task call) => call.WaitAsync(Deadline);

    /// <summary>The clocks run until every instance has noticed that something is wrong.</summary>
    protected static Task ImpairedAsync(params CacheNode[] nodes) => PassAsync(nodes, impaired: true, "the instances have noticed");

    /// <summary>The clocks run until every instance works in full again.</summary>
    protected static Task RecoveredAsync(params CacheNode[] nodes) => PassAsync(nodes, impaired: false, "the instances have recovered");

    /// <summary>
    /// Reads until the instance has let go of what Redis was told to invalidate before this was called: within the allowed staleness, for
    /// good, and while it works in full.
    /// </summary>
    protected static async Task ForgetsAsync(CacheNode node, string key, string outdated)
    {
        var since = node.Time.GetTimestamp();
        var forgotten = false;
        await Eventually.TrueAsync(
            async () =>
            {
                node.Time.Advance(Step);
                var passed = node.Time.GetElapsedTime(since);
                var recovered = node.Internals.Shared.Impairment is null;
                var reading = ReadAsync(node, key, "current");
                await node.PumpAsync(reading);
                var served = await reading == outdated;
                Assert.False(served && (forgotten || passed > MaximumStaleness), $"'{outdated}' was served {passed} after it was invalidated.");
                forgotten |= !served;
                return forgotten && recovered;
            },
            "the instance has let go of it");
    }

    private static async Task PassAsync(CacheNode[] nodes, bool impaired, string what) => await Eventually.TrueAsync(
        () =>
        {
            foreach (var node in nodes)
            {
                node.Time.Advance(Step);
            }

            return Array.TrueForAll(nodes, node => node.Internals.Shared.Impairment is not null == impaired);
        },
        what);
}
