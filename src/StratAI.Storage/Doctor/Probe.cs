namespace StratAI.Storage.Doctor;

/// <summary>Something to find out.</summary>
internal sealed record Probe(string Name, string NeededFor, bool IsRequired, Func<Patient, CancellationToken, Task<Finding>> Run)
{
    public ProbeResult Found(Finding finding) =>
        new(Name, finding.IsSupported ? ProbeStatus.Supported : ProbeStatus.NotSupported, NeededFor, IsRequired, finding.Detail);

    public ProbeResult Failed(string why) => new(Name, ProbeStatus.Failed, NeededFor, IsRequired, why);
}

/// <summary>What was seen.</summary>
internal sealed record Finding(bool IsSupported, string Detail);
