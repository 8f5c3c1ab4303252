namespace StratAI.Pagination.Tests.Engines;

internal enum Level : short
{
    Low = -1,
    Middle,
    High,
}

/// <summary>A row with a key of every kind, as both engines give it back.</summary>
internal sealed record Item
{
    public required Guid Id { get; init; }

    public int Rank { get; init; }

    public long? Score { get; init; }

    public string Label { get; init; } = "";

    public string? Note { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public DateOnly? Due { get; init; }

    public TimeOnly? Opens { get; init; }

    public decimal Price { get; init; }

    public bool Done { get; init; }

    public bool? Checked { get; init; }

    public double Weight { get; init; }

    public Level Level { get; init; }

    public Level? Reviewed { get; init; }

    public Guid? Parent { get; init; }
}
