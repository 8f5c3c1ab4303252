using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting;

/// <summary>What <c>AddStratAIRateLimiting</c> and <c>AddKeyedStratAIRateLimiting</c> return; further services of the package attach to it.</summary>
public interface IRateLimitingBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The name of the limiter's options: the text of its service key, or empty for the one without.</summary>
    string Name { get; }
}
