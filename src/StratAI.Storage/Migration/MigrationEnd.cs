namespace StratAI.Storage.Migration;

/// <summary>How a run ended.</summary>
public enum MigrationEnd
{
    /// <summary>Nothing is left to do.</summary>
    Completed,

    /// <summary>It was cancelled. The rows in flight were finished, the others given back.</summary>
    Interrupted,

    /// <summary>Store or database failed for longer than <see cref="ColumnMigrationOptions.OutageLimit"/>.</summary>
    Stalled,
}
