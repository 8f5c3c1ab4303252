using StratAI.Host.Hosting;

namespace StratAI.Host.Features.Scaling;

/// <summary>What the instances that are alive are together. Each of them judges by the same rows, so all come to the same end.</summary>
internal static class Deployment
{
    /// <summary>Why they must not serve beside each other, in words; empty when they may.</summary>
    public static IReadOnlyList<string> Conflicts(IReadOnlyCollection<Instance> alive)
    {
        if (alive.Count < 2)
        {
            return [];
        }

        var conflicts = new List<string>();
        Embedded(instance => instance.MemoryMode, "keeps caches, limits, locks and chat streams in its process", "ConnectionStrings:Redis");
        Embedded(instance => instance.ObjectsMode, "keeps objects in its data folder", "Storage:S3:Endpoint");
        Differ(instance => instance.MasterKey, "have different master keys", "MasterKey");
        Differ(instance => instance.Redis, "do not share one Redis under one prefix", "ConnectionStrings:Redis and Redis:KeyPrefix");
        Differ(instance => instance.Bucket, "keep objects in different buckets", "Storage:S3:Bucket");
        return conflicts;

        void Embedded(Func<Instance, string> mode, string what, string setting)
        {
            var count = alive.Count(instance => mode(instance) == PartModes.NameOf(distributed: false));
            if (count > 0)
            {
                conflicts.Add($"{alive.Count} instances are alive, and {(count == 1 ? "one" : $"each of {count}")} {what}: set {setting} on all, or stop all but one.");
            }
        }

        void Differ(Func<Instance, string?> fingerprint, string what, string setting)
        {
            if (alive.Select(fingerprint).Where(value => value is not null).Distinct().Skip(1).Any())
            {
                conflicts.Add($"{alive.Count} instances are alive that {what}: give all the same {setting}.");
            }
        }
    }
}
