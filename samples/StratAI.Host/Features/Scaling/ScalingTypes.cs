namespace StratAI.Host.Features.Scaling;

/// <summary>The deployment as this instance sees it.</summary>
/// <param name="Instance">The instance that answers.</param>
/// <param name="Others">The others that are alive: their last beat is less than 20 s old, by the database's clock.</param>
/// <param name="Parts">What is in the instance, and what all of them share.</param>
/// <param name="Pool">Null on SQLite, and as long as this instance could not ask the database for it.</param>
/// <param name="Constraints">What still holds the deployment to one instance.</param>
/// <param name="Warnings">What is wrong now: instances that must not serve beside each other, more connections than the database has.</param>
internal sealed record ScalingReport(
    InstanceView Instance,
    IReadOnlyList<InstanceView> Others,
    ScalingParts Parts,
    PoolUse? Pool,
    IReadOnlyList<string> Constraints,
    IReadOnlyList<string> Warnings);

internal sealed record InstanceView(string Name, string Version, DateTimeOffset? StartedAt, DateTimeOffset? LastBeatAt)
{
    /// <summary>An instance that has not registered yet has no times.</summary>
    public static InstanceView Of(Instance instance) => new(
        instance.Name, instance.Version, instance.StartedAt == default ? null : instance.StartedAt, instance.BeatAt == default ? null : instance.BeatAt);
}

internal sealed record ScalingParts(PartView Cache, PartView RateLimiter, PartView Mutex, PartView Storage, PartView Database, PartView Streams);

/// <param name="Mode">"embedded" or "distributed".</param>
/// <param name="Detail">Where it lives, in words.</param>
internal sealed record PartView(string Mode, string Detail);
