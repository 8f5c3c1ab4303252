using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;

namespace StratAI.Host.Tests.Infrastructure;

internal static class ChatLeaseExtensions
{
    /// <summary>Makes as much time pass, for one answer, as an instance is believed to live for without a heartbeat.</summary>
    public static async Task ExpireLeaseAsync(this HostInstance host, Guid answerId)
    {
        var database = host.Services.GetRequiredService<AppDatabase>();
        Assert.Equal(1, await database.ExecuteAsync($"UPDATE messages SET lease_until = {database.Dialect.Clock(-1)} WHERE id = @answerId AND status = 'streaming'", new { answerId }, default));
    }
}
