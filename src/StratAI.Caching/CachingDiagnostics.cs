namespace StratAI.Caching;

/// <summary>Names under which the package emits telemetry, for <c>AddMeter</c> and <c>AddSource</c>.</summary>
public static class CachingDiagnostics
{
    /// <summary>The meter's name: <c>StratAI.Caching</c>.</summary>
    public const string MeterName = "StratAI.Caching";

    /// <summary>The activity source's name: <c>StratAI.Caching</c>.</summary>
    public const string ActivitySourceName = "StratAI.Caching";
}
