namespace StratAI.Storage;

/// <summary>What came of a probe of <see cref="StorageDoctor"/>.</summary>
public enum ProbeStatus
{
    /// <summary>The store does it.</summary>
    Supported,

    /// <summary>The store answers, and does not do it.</summary>
    NotSupported,

    /// <summary>It could not be found out, as the store did not answer or refused.</summary>
    Failed,
}
