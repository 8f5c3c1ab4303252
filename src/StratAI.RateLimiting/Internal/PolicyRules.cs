namespace StratAI.RateLimiting.Internal;

/// <summary>What a policy's numbers must be.</summary>
internal static class PolicyRules
{
    private const int MinSegments = 2;
    private const int MaxSegments = 100;
    private const long MaxBlock = 1_000_000;

    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MinLease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MaxLease = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxLocalShare = TimeSpan.FromDays(1);

    public static void Check(string path, RateLimitPolicy policy, List<string> errors)
    {
        if (!Enum.IsDefined(policy.Algorithm))
        {
            errors.Add($"{path}.Algorithm is {policy.Algorithm}; it must be one of {string.Join(", ", Enum.GetNames<RateLimitAlgorithm>())}.");
            return;
        }

        CheckLimit(path, policy.Algorithm, policy.PermitLimit, errors);
        CheckWindow(path, policy, policy.Window, errors);
        if (IsSliding(policy) && policy.Segments is < MinSegments or > MaxSegments)
        {
            errors.Add($"{path}.Segments is {policy.Segments}; it must be from {MinSegments} to {MaxSegments}.");
        }

        if (policy.LeaseTime < MinLease || policy.LeaseTime > MaxLease)
        {
            errors.Add($"{path}.LeaseTime is {policy.LeaseTime}; it must be from {MinLease} to {MaxLease}.");
        }

        if (policy.BlockSize < 1 || policy.BlockSize > Math.Min(MaxBlock, policy.PermitLimit))
        {
            errors.Add($"{path}.BlockSize is {policy.BlockSize}; it must be from 1 to {MaxBlock}, and at most PermitLimit.");
        }
        else if (policy.BlockSize > 1 && policy.Algorithm is not (RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow))
        {
            errors.Add($"{path}.BlockSize is {policy.BlockSize}; only a FixedWindow or SlidingWindow lends permits in advance without ever admitting too many.");
        }

        if (policy.RedisTimeout < MinTimeout || policy.RedisTimeout > MaxTimeout)
        {
            errors.Add($"{path}.RedisTimeout is {policy.RedisTimeout}; it must be from {MinTimeout} to {MaxTimeout}, or null.");
        }

        if (!Enum.IsDefined(policy.Outage))
        {
            errors.Add($"{path}.Outage is {policy.Outage}; it must be Local, Open or Closed.");
        }

        if (policy.LocalShareFor < TimeSpan.Zero || policy.LocalShareFor > MaxLocalShare)
        {
            errors.Add($"{path}.LocalShareFor is {policy.LocalShareFor}; it must be from {TimeSpan.Zero} to {MaxLocalShare}.");
        }

        foreach (var (name, plan) in policy.Plans)
        {
            Check($"{path}.Plans[{name}]", policy, plan, errors);
        }

        // Keys are users and addresses: they are counted, not named.
        foreach (var (plan, number) in policy.Overrides.Values.Select((plan, i) => (plan, i + 1)))
        {
            Check($"{path}.Overrides (number {number})", policy, plan, errors);
        }
    }

    private static void Check(string path, RateLimitPolicy policy, RateLimitPlan plan, List<string> errors)
    {
        if (plan.PermitLimit is { } limit)
        {
            CheckLimit(path, policy.Algorithm, limit, errors);
        }

        if (plan.Window is { } window)
        {
            CheckWindow(path, policy, window, errors);
        }
    }

    private static void CheckLimit(string path, RateLimitAlgorithm algorithm, long limit, List<string> errors)
    {
        var most = algorithm == RateLimitAlgorithm.SlidingLog ? LimitRules.MaxLogLimit : Gcra.MaxLimit;
        if (limit < 1 || limit > most)
        {
            errors.Add($"{path}.PermitLimit is {limit}; it must be from 1 to {most}.");
        }
    }

    private static void CheckWindow(string path, RateLimitPolicy policy, TimeSpan window, List<string> errors)
    {
        if (policy.Algorithm == RateLimitAlgorithm.Concurrency)
        {
            if (window != TimeSpan.Zero)
            {
                errors.Add($"{path}.Window is {window}; Concurrency has none.");
            }
        }
        else if (window < Gcra.MinWindow || window > Gcra.MaxWindow || window.Ticks % TimeSpan.TicksPerMicrosecond != 0)
        {
            errors.Add($"{path}.Window is {window}; it must be from {Gcra.MinWindow} to {Gcra.MaxWindow} in whole microseconds.");
        }
        else if (IsSliding(policy) && window < policy.Segments * Gcra.MinWindow)
        {
            errors.Add($"{path}.Window is {window}; each of its {policy.Segments} segments must be at least {Gcra.MinWindow} long.");
        }
    }

    private static bool IsSliding(RateLimitPolicy policy) => policy.Algorithm is RateLimitAlgorithm.SlidingWindow or RateLimitAlgorithm.SlidingBudget;
}
