namespace StratAI.Storage;

/// <summary>What <see cref="StorageDoctor"/> found.</summary>
/// <param name="Mode"><c>embedded</c> for files, <c>distributed</c> for S3.</param>
/// <param name="Probes">All results, in the order in which they were tried.</param>
public sealed record StorageExamination(string Mode, IReadOnlyList<ProbeResult> Probes)
{
    /// <summary>Whether no probe failed and all that is required is supported.</summary>
    public bool IsSound => Probes.All(probe => probe.Status == ProbeStatus.Supported || (probe.Status == ProbeStatus.NotSupported && !probe.IsRequired));
}
