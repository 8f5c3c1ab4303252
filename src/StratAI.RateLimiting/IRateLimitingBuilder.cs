using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting;

/// <summary>What <c>AddStratAIRateLimiting</c> returns; further services of the package attach to it.</summary>
public interface IRateLimitingBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
