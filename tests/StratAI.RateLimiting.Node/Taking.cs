using System.Globalization;
using StratAI.Testing.Node;

namespace StratAI.RateLimiting.Node;

/// <summary>
/// Takes permits one after another and as fast as it can. Each permit is told by a line of its own before the next is asked for: a line that was written
/// outlives its process, so whoever kills it misses one permit at most.
/// </summary>
internal sealed class Taking(IRateLimiters limiters)
{
    /// <param name="line"><c>take policy key attempts refusals</c>: it ends after so many attempts, or when so many were refused.</param>
    public async Task RunAsync(string line)
    {
        var parts = line.Split(' ');
        RateLimitCheck[] checks = [new(parts[1], parts[2])];
        var (attempts, refusals) = (int.Parse(parts[3], CultureInfo.InvariantCulture), int.Parse(parts[4], CultureInfo.InvariantCulture));
        var (refused, degraded) = (0, 0);
        for (var i = 0; i < attempts && refused < refusals; i++)
        {
            var decision = await limiters.AcquireAsync(checks);
            if (decision.IsAcquired)
            {
                Output.Write("+");
            }

            refused += decision.IsAcquired ? 0 : 1;
            degraded += decision.IsDegraded ? 1 : 0;
        }

        Output.Write($"refused {refused} degraded {degraded}");
    }
}
