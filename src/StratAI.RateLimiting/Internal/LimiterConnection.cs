using Microsoft.Extensions.Hosting;

namespace StratAI.RateLimiting.Internal;

/// <summary>Connects a limiter before the application starts, for a moment at most.</summary>
internal sealed class LimiterConnection(RateLimiters limiters, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static async Task ConnectAsync(RateLimiters limiters, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await limiters.ConnectAsync().WaitAsync(Timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Connecting goes on in the background; until it succeeds each policy's ladder for outages decides.
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => ConnectAsync(limiters, time, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
