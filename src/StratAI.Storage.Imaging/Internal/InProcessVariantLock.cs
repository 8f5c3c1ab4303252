using System.Collections.Concurrent;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>Single flight within the process. It holds only what is under way.</summary>
internal sealed class InProcessVariantLock : IVariantLock
{
    private readonly ConcurrentDictionary<string, Lazy<Task<VariantOutcome>>> _running = new(StringComparer.Ordinal);

    public async Task<VariantOutcome> RunOnceAsync(
        string key, Func<CancellationToken, Task<VariantOutcome>> work, CancellationToken cancellationToken)
    {
        // The work is everybody's who waits, so it does not end with the one who began it.
        var flight = _running.GetOrAdd(key, _ => new(() => Task.Run(() => RunAsync(key, work))));
        return await flight.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<VariantOutcome> RunAsync(string key, Func<CancellationToken, Task<VariantOutcome>> work)
    {
        try
        {
            return await work(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }
}
