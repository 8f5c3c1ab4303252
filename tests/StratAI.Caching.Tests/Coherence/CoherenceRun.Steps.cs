using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;

namespace StratAI.Caching.Tests.Coherence;

internal sealed partial class CoherenceRun
{
    private static readonly HybridCacheEntryOptions[] Options =
    [
        new() { Expiration = TimeSpan.FromMinutes(2) },
        new() { Expiration = TimeSpan.FromMinutes(2) },
        new CacheProfile { Expensive = true }.ToEntryOptions(),
        new CacheProfile { Expiration = TimeSpan.FromSeconds(4), FailSafe = TimeSpan.FromMinutes(2), SoftTimeout = TimeSpan.FromSeconds(1) }.ToEntryOptions(),
        new CacheProfile { Expiration = TimeSpan.FromSeconds(10), EagerRefresh = 0.5 }.ToEntryOptions(),
        new() { LocalCacheExpiration = TimeSpan.FromSeconds(2), Flags = HybridCacheEntryFlags.DisableDistributedCacheRead },
        new() { Flags = HybridCacheEntryFlags.DisableLocalCacheRead },
    ];

    private static readonly (double Lost, double Late)[] Deliveries = [(0, 0), (0, 0), (0.3, 0), (0, 0.5), (0.2, 0.3), (1, 0), (0, 1)];

    private Task StepAsync()
    {
        var index = _random.Next(_cluster.Nodes.Count);
        var node = _cluster.Nodes[index];
        var key = Truth.Keys[_random.Next(Truth.Keys.Length)];
        return _random.Next(100) switch
        {
            < 48 => ReadAsync(index, key, Options[_random.Next(Options.Length)]),
            < 55 => ReadManyAsync(index),
            < 59 => SetAsync(index, key),
            < 63 => InvalidateAsync(index, InvalidationKind.Keys, key, [key]),
            < 65 => RemoveTagAsync(index, $"t{_random.Next(2)}"),
            65 => InvalidateAsync(index, InvalidationKind.All, "*", Truth.Keys),
            < 78 => AdvanceAsync(),
            < 82 => Do("a slow factory ends", () => _rows.Finish(all: false)),
            < 84 => Do("a caller gives up", () => _calls.Skip(_random.Next(_calls.Count + 1)).Take(1).ToList().ForEach(call => call.Cancellation.Cancel())),
            < 88 when _faults >= 1 => Do($"node {index} gets messages otherwise", () => Deliver(node.Link, Deliveries[_random.Next(Deliveries.Length)], _random.Next())),
            < 91 when _faults >= 1 => Do($"node {index} gets late messages", () => node.Link.Release(_random)),
            < 93 when _faults >= 2 => Do($"node {index} is cut off", node.Link.Cut),
            < 94 when _faults >= 2 => Do($"node {index} hangs", () => node.Link.Hang(answersOnly: false)),
            < 95 when _faults >= 2 => Do($"node {index} gets no answers", () => node.Link.Hang(answersOnly: true)),
            < 97 when _faults >= 2 => Do($"the link of node {index} works", node.Link.Restore),
            >= 97 when _faults >= 3 => HarmAsync(),
            _ => AdvanceAsync(),
        };
    }

    private Task ReadAsync(int index, string key, HybridCacheEntryOptions options)
    {
        var (node, begun, oldest) = (_cluster.Nodes[index], _truth.Now, _truth.OldestAllowed(index, key));
        return BeginAsync(
            $"node {index} reads {key} (now {_truth[key]}, {oldest} or newer, option {Array.IndexOf(Options, options)})",
            node,
            token => node.Cache.GetOrCreateAsync(key, made => _rows.ReadAsync(key, made), options, Truth.Tags[key], token).AsTask(),
            task => Ended(task, () => Check(index, key, begun, oldest, ((Task<int>)task).Result)));
    }

    private Task ReadManyAsync(int index)
    {
        var (node, begun) = (_cluster.Nodes[index], _truth.Now);
        var oldest = Truth.Keys.Where(_ => _random.Next(2) == 0).ToDictionary(key => key, key => _truth.OldestAllowed(index, key));
        return BeginAsync(
            $"node {index} reads {string.Join(", ", oldest)}",
            node,
            token => node.Cache.GetOrCreateManyAsync(oldest.Keys, key => key, _rows.ReadAsync, Options[0], key => Truth.Tags[key], token).AsTask(),
            task => Ended(task, () =>
            {
                foreach (var (key, version) in ((Task<IReadOnlyDictionary<string, int>>)task).Result)
                {
                    Check(index, key, begun, oldest[key], version);
                }
            }));
    }

    private Task SetAsync(int index, string key)
    {
        // One writer of a row at a time: which of two is the last to store is theirs to settle, not the cache's.
        if (!_beingSet.Add(key))
        {
            return Task.CompletedTask;
        }

        var (node, versions) = (_cluster.Nodes[index], _truth.Write([key]));
        return BeginAsync(
            $"node {index} sets {key}={versions[key]}",
            node,
            token => node.Cache.SetAsync(key, versions[key], Options[0], Truth.Tags[key], token).AsTask(),
            task =>
            {
                _beingSet.Remove(key);
                Require(task.IsCompletedSuccessfully, $"a set failed: {task.Exception}");
                _truth.Invalidated(new(index, InvalidationKind.Keys, key, versions, IsSet: true), node);
            });
    }

    private Task RemoveTagAsync(int index, string tag) =>
        InvalidateAsync(index, InvalidationKind.Tags, tag, [.. Truth.Keys.Where(key => Truth.Tags[key].Contains(tag))]);

    private Task InvalidateAsync(int index, InvalidationKind kind, string name, string[] keys)
    {
        if (_beingSet.Overlaps(keys))
        {
            return Task.CompletedTask;
        }

        var (node, versions) = (_cluster.Nodes[index], _truth.Write(keys));
        return BeginAsync(
            $"node {index} invalidates {name}: {string.Join(", ", versions)}",
            node,
            token => kind == InvalidationKind.Keys ? node.Cache.RemoveAsync(name, token).AsTask() : node.Cache.RemoveByTagAsync(name, token).AsTask(),
            task =>
            {
                Require(task.IsCompletedSuccessfully, $"an invalidation failed: {task.Exception}");
                _truth.Invalidated(new(index, kind, name, versions), node);
            });
    }

    private async Task AdvanceAsync()
    {
        var left = TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? _random.Next(1, 7000) : _random.Next(1, 1200));

        // At times the process stands still: every timer of seven seconds is due at once.
        var step = _random.Next(4) == 0 ? left : TimeSpan.FromMilliseconds(300);
        Note($"{left.TotalSeconds:F2} s pass, {step.TotalSeconds:F2} at a time");
        while (left > TimeSpan.Zero)
        {
            var next = left < step ? left : step;
            await PassAsync(next);
            left -= next;
        }
    }

    private async Task HarmAsync() => Note($"{await _cluster.HarmServerAsync(_random)}");

    private Task Do(string text, Action action)
    {
        Note(text);
        action();
        return Task.CompletedTask;
    }

    private static void Deliver(FaultyServer link, (double Lost, double Late) chances, int seed)
    {
        var random = new Random(seed);
        link.Fate = () =>
        {
            lock (random)
            {
                var chance = random.NextDouble();
                return chance < chances.Lost ? MessageFate.Lost : chance < chances.Lost + chances.Late ? MessageFate.Late : MessageFate.Arrives;
            }
        };
    }

    private void Ended(Task task, Action check)
    {
        if (task.IsCompletedSuccessfully)
        {
            check();
            return;
        }

        Require(task.IsCanceled || task.Exception?.InnerException is RowUnavailable, $"a read failed of the cache: {task.Exception}");
    }

    private void Check(int node, string key, TimeSpan begun, int oldest, int version)
    {
        Reads++;
        Require(
            version >= oldest || _truth.MayBeSet(key, version, begun),
            $"node {node} read {key}={version} at {begun.TotalSeconds:F2}, when it had to be {oldest} or newer");
    }
}
