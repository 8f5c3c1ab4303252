namespace StratAI.Storage.Migration;

/// <summary>How far a run is, by its own count. Told at most five times a second, and at the end.</summary>
/// <param name="Total">Rows there were to do when it began.</param>
/// <param name="Done">Rows it is done with, whatever became of them.</param>
/// <param name="Quarantined">Of these, rows found bad.</param>
/// <param name="Bytes">Decoded bytes of the rows done.</param>
/// <param name="Elapsed">Time since it began.</param>
/// <param name="Waiting">Why nothing moves at the moment; <see langword="null"/> while it does.</param>
public sealed record MigrationProgress(long Total, long Done, long Quarantined, long Bytes, TimeSpan Elapsed, string? Waiting);
