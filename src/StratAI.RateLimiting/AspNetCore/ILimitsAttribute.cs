namespace StratAI.RateLimiting.AspNetCore;

/// <summary>What an attribute requires; nothing: it disables.</summary>
internal interface ILimitsAttribute
{
    IReadOnlyList<string> Policies { get; }
}
