using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace StratAI.Host.Tests.Edge;

/// <summary>A source of settings that keeps in mind which were asked for.</summary>
internal sealed class ReadSettings(IReadOnlyDictionary<string, string> settings) : ConfigurationProvider, IConfigurationSource
{
    public ConcurrentDictionary<string, bool> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => Data = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.OrdinalIgnoreCase);

    public override bool TryGet(string key, out string? value)
    {
        Names[key] = true;
        return base.TryGet(key, out value);
    }
}
