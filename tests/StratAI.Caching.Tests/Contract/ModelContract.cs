using CsCheck;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

public abstract class ModelContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly string[] Tags = ["t", "u"];

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<Operation>(), Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]), Gen.Int[0, Tags.Length - 1].Select(i => Tags[i]), Gen.Int[0, 1], (operation, key, tag, node) => new Step(operation, key, tag, node));

    private enum Operation
    {
        Get,
        Set,
        Remove,
        RemoveByTag,
        RemoveAll,
    }

    [Fact]
    public async Task Any_sequence_of_calls_reads_as_a_dictionary_would() =>
        await Steps.Array[1, 40].SampleAsync(RunAsync, iter: 60, threads: 1);

    private async Task RunAsync(Step[] steps)
    {
        var model = new Dictionary<string, (string Value, string Tag)>();
        await Cache.RemoveByTagAsync("*");
        await SettledAsync(Node, Peer);
        for (var i = 0; i < steps.Length; i++)
        {
            var (operation, key, tag, index) = steps[i];
            var (node, other) = index == 0 ? (Node, Peer) : (Peer, Node);
            var value = $"{i}";
            switch (operation)
            {
                case Operation.Get:
                    var expected = model.TryGetValue(key, out var held) ? held.Value : value;
                    Assert.Equal(expected, await node.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(value), tags: [tag]));
                    model.TryAdd(key, (value, tag));
                    continue;
                case Operation.Set:
                    await node.Cache.SetAsync(key, value, tags: [tag]);
                    model[key] = (value, tag);
                    break;
                case Operation.Remove:
                    await node.Cache.RemoveAsync(key);
                    model.Remove(key);
                    break;
                case Operation.RemoveByTag:
                    await node.Cache.RemoveByTagAsync(tag);
                    foreach (var (tagged, _) in model.Where(entry => entry.Value.Tag == tag).ToArray())
                    {
                        model.Remove(tagged);
                    }

                    break;
                default:
                    await node.Cache.RemoveByTagAsync("*");
                    model.Clear();
                    break;
            }

            await SettledAsync(node, other);
        }
    }

    private sealed record Step(Operation Operation, string Key, string Tag, int Node);
}
