namespace StratAI.Storage.Imaging;

/// <summary>Names of what this package measures and traces. No tag carries a key or a file name.</summary>
public static class ImagingDiagnostics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "StratAI.Storage.Imaging";

    /// <summary>Name of the activity source; its activities are <c>image.inspect</c> and <c>image.variant</c>.</summary>
    public const string ActivitySourceName = "StratAI.Storage.Imaging";

    /// <summary>
    /// Histogram in seconds of work on an image, from its turn to its end, with tags <c>operation</c> (<c>inspect</c>, <c>variant</c>) and
    /// <c>outcome</c>: <c>ok</c>, <c>failed</c>, <c>cancelled</c>, or the refusal's code.
    /// </summary>
    public const string Duration = "stratai.storage.imaging.duration";

    /// <summary>Counter of refusals, with tags <c>operation</c> and <c>reason</c> (the refusal's code).</summary>
    public const string Refusals = "stratai.storage.imaging.refusals";

    /// <summary>Counter of variants answered, with tag <c>source</c>: <c>stored</c> or <c>made</c> (by this caller or one it waited for).</summary>
    public const string Variants = "stratai.storage.imaging.variants";

    /// <summary>Gauge of images that wait for their turn.</summary>
    public const string Queue = "stratai.storage.imaging.queue";
}
