using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>What the callers of a history hold, so far as they know; makes requests of what they ask.</summary>
internal sealed class Callers(History history)
{
    private readonly Dictionary<(int Policy, int Key, int Slot), Caller> _callers = [];
    private int _next;

    public LimitRequest Request(Ask ask, LimitPolicy policy, long now)
    {
        var hash = new UInt128((ulong)history.Seed, (ulong)ask.Key);
        var request = new LimitRequest(policy, policy.Rules, $"{ask.Key}", null, ask.Amount) { Key = new(policy.Name, hash) };
        return policy.Rules.IsHeld && Change(ask, now) is { } change
            ? request with { Hold = change, Cost = change.Amount + change.Charge }
            : request with { Cost = policy.Rules.IsHeld ? 0 : ask.Amount };
    }

    /// <summary>The answer came: what was granted is held, and what was settled has ended.</summary>
    public void Granted(Ask ask, in LimitRequest request, long now)
    {
        if (request.Hold is not { Id.Length: > 0 } change)
        {
            return;
        }

        var known = _callers.GetValueOrDefault((ask.Policy, ask.Key, ask.Slot));
        _callers[(ask.Policy, ask.Key, ask.Slot)] = ask.Verb switch
        {
            Verb.CommitAgain => known!,
            Verb.Commit when change.Charge > 0 => new("", 0) { Settlement = change, KnownUntil = now + request.Rules.LeaseMicros },
            Verb.Commit or Verb.Release => new("", 0),
            _ => new(change.Id, change.Amount),
        };
    }

    private HoldChange? Change(Ask ask, long now)
    {
        var caller = _callers.GetValueOrDefault((ask.Policy, ask.Key, ask.Slot));
        var holds = caller is { Id.Length: > 0 };
        return ask.Verb switch
        {
            Verb.Take or Verb.Extend when ask.Amount == 0 && !holds => null,
            Verb.Take or Verb.Extend => holds
                ? new(caller!.Id, ask.Amount, IsForced: ask.Amount <= caller.Amount)
                : new($"h{_next++}", ask.Amount),
            Verb.Charge when ask.Amount > 0 => new("", 0, ask.Amount),
            Verb.Commit when holds => new(caller!.Id, 0, ask.Amount, IsForced: true),
            Verb.Release when holds => new(caller!.Id, 0, IsForced: true),
            Verb.Renew when holds => new(caller!.Id, caller.Amount, IsForced: true),
            // The twin in the process remembers a settlement for as long as a lease; nothing is lost there that would have to be sent later.
            Verb.CommitAgain when caller?.Settlement is { } settlement && now < caller.KnownUntil => settlement,
            _ => null,
        };
    }

    private sealed record Caller(string Id, long Amount)
    {
        public HoldChange? Settlement { get; init; }

        public long KnownUntil { get; init; }
    }
}
