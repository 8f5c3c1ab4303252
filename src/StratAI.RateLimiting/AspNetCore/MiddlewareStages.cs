namespace StratAI.RateLimiting.AspNetCore;

/// <summary>Which policies the application's pipeline decides, gathered while it is built.</summary>
internal sealed class MiddlewareStages
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);
    private bool _all;

    public void Add(string[] policies)
    {
        lock (_gate)
        {
            _all |= policies.Length == 0;
            _named.UnionWith(policies);
        }
    }

    public bool Decide(string policy)
    {
        lock (_gate)
        {
            return _all || _named.Contains(policy);
        }
    }
}
