namespace StratAI.RateLimiting.Internal;

/// <summary>What one holder holds in one bucket.</summary>
internal sealed class Held(in LimitRequest request)
{
    private readonly LimitRequest _request = request;
    private int _ended;

    public LimitPolicy Policy => _request.Policy;

    public string Id => _request.Hold!.Id;

    public bool IsBudget => _request.Rules.Algorithm != RateLimitAlgorithm.Concurrency;

    /// <summary>What was asked for, to ask for it again.</summary>
    public RateLimitCheck Check => new(Policy.Name, _request.KeyText) { Plan = _request.Plan, Group = _request.GroupText };

    public long Amount { get; set; } = request.Hold!.Amount;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Orders the changes of one hold: what was asked for last is what stays.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <returns>Whether this call ended it.</returns>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    public LimitRequest Change(long amount, long charge = 0, bool isForced = true) =>
        _request with { Hold = new(Id, amount, charge, isForced), Cost = amount };
}
