using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Storage;

/// <summary>What <c>AddStratAIStorage</c> returns, for further registrations.</summary>
public interface IStorageBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
