using StratAI.Host.Security;
using StratAI.RateLimiting;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// What a generation holds of its user's limits: its place among those that run at the same time, and tokens. It is the request's until the generation takes
/// it over, and given back when the generation ends, however that is; a process that dies gives it back after the policy's lease. Either is null for a
/// user whom the policy does not hold to anything.
/// </summary>
internal sealed class ChatAllowance(RateLimitReservation? place, RateLimitReservation? tokens) 
{
    /// <summary>The tokens reserved; whoever settles them first decides what is charged.</summary>
    public RateLimitReservation? Tokens => tokens;

    /// <summary>Takes over what the request holds. From here on it is the caller's to settle.</summary>
    public static ChatAllowance Take(HttpContext context)
    {
        var limits = context.Features.Get<IRateLimitFeature>();
        return new(limits?.Take(LimitPolicies.ChatConcurrency), limits?.Take(LimitPolicies.Tokens));
    }

    /// <summary>Charges what was used, unless the tokens have been settled, and gives the place back. Never fails, and waits for Redis no longer than a limit does.</summary>
    public async Task SettleAsync(long used) => await Task.WhenAll(
        tokens?.CommitAsync(used).AsTask() ?? Task.CompletedTask,
        place?.ReleaseAsync().AsTask() ?? Task.CompletedTask);
}
