namespace StratAI.Storage;

/// <summary>One thing that was found out about a store.</summary>
/// <param name="Name">What was tried.</param>
/// <param name="Status">What came of it.</param>
/// <param name="NeededFor">The features that rely on it.</param>
/// <param name="IsRequired">Whether the package does not work without it.</param>
/// <param name="Detail">What was seen, in words, without keys or secrets.</param>
public sealed record ProbeResult(string Name, ProbeStatus Status, string NeededFor, bool IsRequired, string Detail);
