namespace StratAI.Host.Features.Documents.Migration;

/// <summary>Section <c>Migration:Images</c> of the configuration: how every instance moves the documents that are still in the database, beside its requests.</summary>
internal sealed class ImageMigrationOptions
{
    /// <summary>Whether it does. Default false: <c>migrate-images</c> is run instead.</summary>
    public bool Enabled { get; set; }

    /// <summary>Rows at a time. Default 1.</summary>
    public int Workers { get; set; } = 1;

    /// <summary>Rows claimed at once. Default 10.</summary>
    public int BatchSize { get; set; } = 10;

    /// <summary>Rows a second at most. Default 20.</summary>
    public double RowsPerSecond { get; set; } = 20;

    /// <summary>How long the rows of a killed process stay its own; the command goes by it too. Default 1 minute.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);
}
