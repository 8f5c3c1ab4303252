using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>What a caller asks of one bucket. Of policies that do not hold, only the amount counts.</summary>
internal enum Verb
{
    /// <summary>Asks for the amount, and holds it where that is what the policy does.</summary>
    Take,

    /// <summary>Asks whether there is a permit.</summary>
    Peek,

    /// <summary>Charges a budget at once.</summary>
    Charge,

    /// <summary>Holds another amount.</summary>
    Extend,

    /// <summary>Ends a hold, and charges the amount.</summary>
    Commit,

    /// <summary>Sends the last settlement again, as if its answer had been lost.</summary>
    CommitAgain,

    /// <summary>Ends a hold.</summary>
    Release,

    /// <summary>A beat.</summary>
    Renew,
}

/// <summary>One check.</summary>
internal sealed record Ask(Verb Verb, int Policy, int Key, int Slot, long Amount);

/// <summary>A pause and a call.</summary>
/// <param name="Pause">Microseconds; below zero: to just before, or to the very microsecond of, the next border of a segment of the first policy.</param>
/// <param name="Version">Which rules apply.</param>
/// <param name="Follow">Whether a refusal is followed up: the same call a microsecond before its retry time, and at it.</param>
/// <param name="Asks">Each of another bucket.</param>
internal sealed record Step(long Pause, int Version, bool Follow, Ask[] Asks);

/// <summary>A random history, the same for the same seed.</summary>
internal sealed class History
{
    public const long ToBorder = -1;
    public const long ToJustBefore = -2;

    private const int Slots = 3;

    private readonly Random _random;

    public History(int seed, RateLimitAlgorithm[] algorithms, bool hasChanges = false)
    {
        (Seed, HasChanges, _random) = (seed, hasChanges, new(seed));
        var count = _random.Next(1, Math.Min(4, algorithms.Length + 1) + 1);
        var first = Enumerable.Range(0, count).Select(_ => Policy(algorithms[_random.Next(algorithms.Length)])).ToArray();
        Versions = hasChanges ? [Named(first), Named(first.Select(Changed)), Named(first.Select(Changed))] : [Named(first)];
        Start = (TestLimiters.Epoch - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond + _random.NextInt64(10_000_000);
        var version = 0;
        Steps = [.. Enumerable.Range(0, _random.Next(3, 26)).Select(_ => NextStep(ref version))];
    }

    public int Seed { get; }

    public bool HasChanges { get; }

    public long Start { get; }

    /// <summary>The policies, and what they become.</summary>
    public LimitPolicy[][] Versions { get; }

    public Step[] Steps { get; }

    public override string ToString() => string.Join(
        '\n',
        [
            $"seed {Seed}",
            .. Versions.SelectMany((policies, version) => policies.Select(policy => $"{version}:{policy.Name} {policy.Configured}")),
        ]);

    private static LimitPolicy[] Named(IEnumerable<RateLimitPolicy> policies) => [.. policies.Select((policy, i) => new LimitPolicy($"p{i}", policy))];

    private RateLimitPolicy Policy(RateLimitAlgorithm algorithm)
    {
        var segments = _random.Next(2, 6);
        return new()
        {
            Algorithm = algorithm,
            PermitLimit = _random.Next(1, 13),
            Window = algorithm == RateLimitAlgorithm.Concurrency ? TimeSpan.Zero : TimeSpan.FromMicroseconds(
                _random.Next(3) == 0 ? _random.Next(segments * 1000, (segments * 1000) + 100) : _random.Next(segments * 1000, 5_000_000)),
            Segments = segments,
            LeaseTime = TimeSpan.FromMicroseconds(_random.Next(1, 3_000_000)),
            Shadow = _random.Next(6) == 0,
        };
    }

    /// <summary>The same bucket by other rules.</summary>
    private RateLimitPolicy Changed(RateLimitPolicy policy)
    {
        var other = Policy(policy.Algorithm switch
        {
            RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow => (RateLimitAlgorithm)_random.Next(1, 3),
            RateLimitAlgorithm.Budget or RateLimitAlgorithm.SlidingBudget => (RateLimitAlgorithm)_random.Next(5, 7),
            var same => same,
        });
        return _random.Next(4) switch
        {
            0 => policy with { PermitLimit = other.PermitLimit },
            1 => policy with { Shadow = other.Shadow },
            // Segments of the same length, of which another number counts.
            2 when policy.Window > TimeSpan.Zero => policy with { Window = policy.Window * 2, Segments = policy.Segments * 2 },
            _ => other,
        };
    }

    private Step NextStep(ref int version)
    {
        version = HasChanges && _random.Next(4) == 0 ? _random.Next(Versions.Length) : version;
        var policies = Versions[version];
        var window = Math.Max(1000, policies[_random.Next(policies.Length)].Rules.WindowMicros);
        var pause = _random.Next(8) switch
        {
            0 or 1 => 0,
            2 => _random.NextInt64(1, 500),
            3 => _random.NextInt64(1, 3_000_000),
            4 => ToBorder,
            5 => ToJustBefore,
            _ => _random.NextInt64(1, (window * 3 / 2) + 1),
        };
        var asks = Enumerable.Range(0, Math.Min(_random.Next(1, 5), policies.Length * 2)).Select(_ => NextAsk(policies)).DistinctBy(ask => (ask.Policy, ask.Key)).ToArray();
        // A beat is a call by itself. It does not look at rules, so that under changed ones a budget would tell it apart.
        asks = asks[0].Verb == Verb.Renew ? asks[..1] : [.. asks.Where(ask => ask.Verb != Verb.Renew)];
        return new(pause, version, _random.Next(3) == 0, asks);
    }

    private Ask NextAsk(LimitPolicy[] policies)
    {
        var policy = _random.Next(policies.Length);
        var (rules, verb) = (policies[policy].Rules, _random.Next(8) == 0 ? Verb.Peek : Verb.Take);
        if (rules.IsHeld && verb == Verb.Take)
        {
            verb = _random.Next(12) switch
            {
                0 => rules.CountedSegments > 0 ? Verb.Charge : Verb.Take,
                1 or 2 => Verb.Extend,
                3 or 4 => Verb.Commit,
                5 => Verb.CommitAgain,
                6 => Verb.Release,
                7 when !HasChanges => Verb.Renew,
                _ => Verb.Take,
            };
        }

        var amount = _random.Next(10) == 0 ? _random.NextInt64(20) : _random.NextInt64(1, Math.Max(2, rules.Limit * 2 / 3));
        return new(verb, policy, _random.Next(4) / 3, _random.Next(Slots), verb == Verb.Peek ? 0 : amount);
    }
}
