using System.Diagnostics;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Processes;

/// <summary>Nodes in processes of their own on one Redis.</summary>
public abstract class ProcessTests : IAsyncLifetime
{
    private readonly List<NodeProcess> _nodes = [];

    protected RedisSpace Redis { get; } = new();

    public Task InitializeAsync() => Redis.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Redis.DisposeAsync();
    }

    protected Task<NodeProcess[]> StartAsync(int count, params string[] options) => StartAsync(new TimeSpan[count], options);

    /// <summary>Starts one node per clock.</summary>
    protected async Task<NodeProcess[]> StartAsync(TimeSpan[] clocks, params string[] options)
    {
        var nodes = await Task.WhenAll(clocks.Select(clock => NodeProcess.StartAsync(Redis, clock, options)));
        _nodes.AddRange(nodes);
        return nodes;
    }

    /// <summary>How often the factory of a key has begun, on all nodes together.</summary>
    protected async Task<int> RunsAsync(string key) => (int)await Redis.Database.StringGetAsync($"{{{Redis.Namespace}}}:runs:{key}");

    /// <summary>Waits until all of the nodes read the value, as word of an invalidation may still be on its way to them.</summary>
    protected static async Task ReadsAsync(string value, string key, params NodeProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            var read = await node.Ask($"get {key}");
            for (var asked = Stopwatch.GetTimestamp(); read != value && Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(10);)
            {
                read = await node.Ask($"get {key}");
            }

            Assert.Equal(value, read);
        }
    }

    /// <summary>The one of the nodes whose factory of the key has begun, and the others.</summary>
    protected static async Task<(NodeProcess Holder, NodeProcess[] Others)> HolderAsync(string key, params NodeProcess[] nodes)
    {
        var begun = nodes.Select(node => node.SaysAsync($"begun {key}")).ToArray();
        var first = Array.IndexOf(begun, await Task.WhenAny(begun));
        await begun[first];
        return (nodes[first], [.. nodes.Where((_, i) => i != first)]);
    }
}
