namespace StratAI.Host.Features.Scaling;

/// <summary>An instance as it is registered in the database, with fingerprints of what all instances must share.</summary>
internal sealed record Instance
{
    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The most database connections it opens.</summary>
    public int PoolSize { get; init; }

    public string MemoryMode { get; init; } = "";

    public string ObjectsMode { get; init; } = "";

    public string MasterKey { get; init; } = "";

    /// <summary>Null where it has none, or has not reached it yet.</summary>
    public string? Redis { get; init; }

    public string? Bucket { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset BeatAt { get; init; }
}
