namespace StratAI.Host.Hosting;

/// <summary>This process among the instances: its name and the start it was given.</summary>
internal sealed class InstanceIdentity
{
    public string Name { get; } = $"{Environment.MachineName.ToLowerInvariant()}-{Guid.NewGuid().ToString("N")[..8]}";
}
