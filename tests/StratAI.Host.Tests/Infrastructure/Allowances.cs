using Microsoft.Extensions.DependencyInjection;
using StratAI.RateLimiting;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>What is left to a user, asked of an instance.</summary>
public static class Allowances
{
    public static Task<long> TokensLeftAsync(this HostInstance host, string user) => host.LeftAsync("tokens", user);

    public static Task<long> PlacesLeftAsync(this HostInstance host, string user) => host.LeftAsync("chat-concurrency", user);

    private static async Task<long> LeftAsync(this HostInstance host, string policy, string user)
    {
        var status = await host.Services.GetRequiredService<IRateLimitAdministration>().PeekAsync(policy, user);
        Assert.NotNull(status);
        return status.Remaining!.Value;
    }
}
