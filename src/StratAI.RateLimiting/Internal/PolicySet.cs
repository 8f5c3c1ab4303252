using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace StratAI.RateLimiting.Internal;

/// <summary>The policies that apply now. When configuration changes they are replaced as a whole; one that is not valid is refused, and the last good one stays.</summary>
internal sealed class PolicySet : IDisposable
{
    /// <summary>Behind it a path has a key: a user or an address, which no log line may carry.</summary>
    private const string OverridesPath = $":{nameof(RateLimitPolicy.Overrides)}:";

    private readonly string _name;
    private readonly IOptionsFactory<RateLimitingOptions>? _factory;
    private readonly ILogger _logger;
    private readonly IDisposable[] _changes = [];
    private readonly Lock _gate = new();
    private FrozenDictionary<string, LimitPolicy> _policies;

    public PolicySet(
        string name, RateLimitingOptions options, IOptionsFactory<RateLimitingOptions>? factory, IEnumerable<PolicySource> sources,
        ILogger logger)
    {
        (_name, _factory, _logger, _policies) = (name, factory, logger, Ready(options));
        if (factory is not null)
        {
            _changes = [.. sources.Select(source => ChangeToken.OnChange(source.Configuration.GetReloadToken, Reload))];
        }
    }

    /// <summary>Called after the policies were replaced.</summary>
    public event Action? Replaced;

    public IEnumerable<LimitPolicy> All => Volatile.Read(ref _policies).Values;

    public LimitPolicy Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var policies = Volatile.Read(ref _policies);
        return policies.TryGetValue(name, out var policy) ? policy : throw new ArgumentException(
            $"There is no policy named '{name}'; there are: {string.Join(", ", policies.Values.Select(known => known.Name).Order(StringComparer.Ordinal))}.", nameof(name));
    }

    public void Dispose() => Array.ForEach(_changes, change => change.Dispose());

    private static FrozenDictionary<string, LimitPolicy> Ready(RateLimitingOptions options) => options.Policies.ToFrozenDictionary(
        entry => entry.Key, entry => new LimitPolicy(entry.Key, entry.Value), StringComparer.OrdinalIgnoreCase);

    private void Reload()
    {
        // The last one to enter reads last: two sources that change at once must not leave the older policies.
        lock (_gate)
        {
            if (Read() is { } policies)
            {
                Volatile.Write(ref _policies, policies);
                Replaced?.Invoke();
                Log.Reloaded(_logger, policies.Count);
            }
        }
    }

    private FrozenDictionary<string, LimitPolicy>? Read()
    {
        FrozenDictionary<string, LimitPolicy> policies;
        try
        {
            policies = Ready(_factory!.Create(_name));
        }
        catch (OptionsValidationException e)
        {
            Log.ReloadRefused(_logger, e.Message);
            return null;
        }
        catch (Exception e)
        {
            // From the binder, which names the value and its path; or from the application's own code.
            var hasKey = e.Message.Contains(OverridesPath, StringComparison.OrdinalIgnoreCase);
            Log.ReloadRefused(_logger, hasKey ? "a value of an override cannot be read." : e.Message);
            return null;
        }

        var missing = Volatile.Read(ref _policies).Keys.Except(policies.Keys, StringComparer.OrdinalIgnoreCase).ToList();
        if (missing.Count > 0)
        {
            // Endpoints and code that name it were checked at the start; from here on every call of theirs would fail.
            Log.ReloadRefused(_logger, $"policies are missing: {string.Join(", ", missing)}");
            return null;
        }

        return policies;
    }
}
