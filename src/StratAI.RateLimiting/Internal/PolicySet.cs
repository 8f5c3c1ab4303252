using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace StratAI.RateLimiting.Internal;

/// <summary>The policies that apply now. When configuration changes they are replaced as a whole; one that is not valid is refused, and the last good one stays.</summary>
internal sealed class PolicySet : IDisposable
{
    private readonly IOptionsFactory<RateLimitingOptions>? _factory;
    private readonly ILogger _logger;
    private readonly IDisposable[] _changes = [];
    private FrozenDictionary<string, LimitPolicy> _policies;

    public PolicySet(
        RateLimitingOptions options, IOptionsFactory<RateLimitingOptions>? factory, IEnumerable<IOptionsChangeTokenSource<RateLimitingOptions>> sources,
        ILogger logger)
    {
        (_factory, _logger, _policies) = (factory, logger, Ready(options));
        if (factory is not null)
        {
            _changes = [.. sources.Where(source => source.Name == Options.DefaultName).Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
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

    // Not by IOptionsMonitor: there, options that are not valid throw on the thread that watches the file.
    private void Reload()
    {
        FrozenDictionary<string, LimitPolicy> policies;
        try
        {
            policies = Ready(_factory!.Create(Options.DefaultName));
        }
        catch (OptionsValidationException e)
        {
            Log.ReloadRefused(_logger, e.Message);
            return;
        }

        var missing = Volatile.Read(ref _policies).Keys.Except(policies.Keys, StringComparer.OrdinalIgnoreCase).ToList();
        if (missing.Count > 0)
        {
            // Endpoints and code that name it were checked at the start; from here on every call of theirs would fail.
            Log.ReloadRefused(_logger, $"policies are missing: {string.Join(", ", missing)}");
            return;
        }

        Volatile.Write(ref _policies, policies);
        Replaced?.Invoke();
        Log.Reloaded(_logger, policies.Count);
    }
}
