namespace StratAI.Storage.Migration;

/// <summary>
/// Which column moves, and how. Names are ASCII letters, digits and <c>_</c>, at most 63, not beginning with a digit; a table may have its
/// schema before it. They are quoted, so they are case-sensitive on PostgreSQL.
/// </summary>
public sealed record ColumnMigrationOptions
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>Its primary key, one column that can be compared: a number, a text, or a UUID. Default <c>id</c>.</summary>
    public string IdColumn { get; init; } = "id";

    /// <summary>The text column with the base64.</summary>
    public required string DataColumn { get; init; }

    /// <summary>The nullable text column that gets the object's key. A row moves while it is null and the data are not.</summary>
    public required string KeyColumn { get; init; }

    /// <summary>The column that gets the number of bytes. Default: none.</summary>
    public string? SizeColumn { get; init; }

    /// <summary>The text column that gets the bytes' SHA-256 as 64 lower-case hexadecimal digits. Default: none.</summary>
    public string? Sha256Column { get; init; }

    /// <summary>
    /// The text column that gets the type the bytes have. What it holds before is a claim, checked against the bytes, unless a
    /// <c>data:</c> prefix claims something itself. Default: none.
    /// </summary>
    public string? ContentTypeColumn { get; init; }

    /// <summary>The table that keeps account of every row, made when it is missing. Default <c>object_migrations</c>.</summary>
    public string StateTable { get; init; } = "object_migrations";

    /// <summary>
    /// Makes the key of one attempt from the row's id as text. Each call must give a key never used before, so that what a killed process
    /// is still writing hurts nobody. Default: <c>migrated/{id}-{random}</c>.
    /// </summary>
    public Func<string, string> NewKey { get; init; } = id => $"migrated/{id}-{Guid.NewGuid():N}";

    /// <summary>The most decoded bytes of a row; a larger one is quarantined. Default 10 MiB.</summary>
    public long MaximumBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Media types moved; others are quarantined. Default <see cref="UploadRules.DefaultAllowedTypes"/>.</summary>
    public IReadOnlySet<string> AllowedTypes { get; init; } = UploadRules.DefaultAllowedTypes;

    /// <summary>
    /// Whether base64 may lack its padding. Default <see langword="false"/>: it cannot be told from a text that was cut off, and is
    /// quarantined.
    /// </summary>
    public bool AllowMissingPadding { get; init; }

    /// <summary>Rows claimed at once by a worker, 1 to 1,000. Default 20.</summary>
    public int BatchSize { get; init; } = 20;

    /// <summary>Workers of this process, 1 to 64. Default 2.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>The most rows this process begins in a second. Default: no limit.</summary>
    public double? MaximumRowsPerSecond { get; init; }

    /// <summary>
    /// How long a claim holds unless it is renewed, which happens before each upload, 1 s to 1 h. Rows of a killed process are free after
    /// it; an upload is given four fifths of it. Default 1 minute.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The first pause when store or database fail; it doubles each time, with jitter. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest such pause. Default 30 s.</summary>
    public TimeSpan MaximumRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long store or database may fail without a row getting through before a run ends as <see cref="MigrationEnd.Stalled"/>. Default:
    /// for ever.
    /// </summary>
    public TimeSpan? OutageLimit { get; init; }

    /// <summary>
    /// How much slower than at its best a small statement may become before the workers rest between rows, at least 1.1. Default 2.
    /// </summary>
    public double LatencyTolerance { get; init; } = 2;

    /// <summary>
    /// Asked before each batch; what it answers is waited for before it is asked again. For replicas that lag, office hours, a vacuum that
    /// runs. Default: never.
    /// </summary>
    public Func<CancellationToken, ValueTask<TimeSpan>>? PauseFor { get; init; }

    internal void Validate()
    {
        Within(BatchSize, 1, 1000, nameof(BatchSize));
        Within(Workers, 1, 64, nameof(Workers));
        Within(Lease.TotalSeconds, 1, 3600, nameof(Lease));
        Within(MaximumBytes, 1, long.MaxValue, nameof(MaximumBytes));
        Within(LatencyTolerance, 1.1, double.MaxValue, nameof(LatencyTolerance));
        Within(MaximumRowsPerSecond ?? 1, double.Epsilon, double.MaxValue, nameof(MaximumRowsPerSecond));
        Within(RetryDelay.TotalSeconds, 0, MaximumRetryDelay.TotalSeconds, nameof(RetryDelay));
    }

    private static void Within<T>(T value, T least, T most, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            throw new ArgumentOutOfRangeException($"{nameof(ColumnMigrationOptions)}.{name}", value, $"It must be {least} to {most}.");
        }
    }
}
