using System.Diagnostics;

namespace StratAI.Testing.Redis;

/// <summary>Waits for a state that another thread or another process brings about.</summary>
public static class Eventually
{
    // Of a state that never comes, not of how fast it comes: a busy machine may take long.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < (within ?? Deadline), $"It never came that {what}.");
            // Not a synchronisation: the state is what is waited for, and asking for it without a pause would take the core it needs.
            await Task.Delay(2);
        }
    }
}
