using StratAI.Caching.Locking;
using StratAI.Storage.Imaging;

namespace StratAI.Host.Features.Documents;

/// <summary>Of all instances one makes a variant, and the others get what came of it.</summary>
internal sealed class SharedVariantLock(IDistributedCoordinator coordinator) : IVariantLock
{
    private static readonly CoordinationOptions Sharing = new()
    {
        // Long enough for those that wait; who comes later finds the variant in the store.
        ReplayWindow = TimeSpan.FromSeconds(5),
        Timeout = TimeSpan.FromSeconds(40),
    };

    public async Task<VariantOutcome> RunOnceAsync(string key, Func<CancellationToken, Task<VariantOutcome>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await coordinator.CoordinateAsync($"image/{key}", async (_, lost) => await work(lost), Sharing, cancellationToken);
        }
        catch (Exception exception) when (exception is MutexUnavailableException or TimeoutException)
        {
            // Twice is wasteful, not wrong; a picture that does not come is worse.
            return await work(cancellationToken);
        }
    }
}
