using System.Diagnostics;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>For what another process or task brings about: asked again and again, and a failure when it has not come about within ten seconds.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition();)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "It has not come about in time.");
            await Task.Yield();
        }
    }
}
