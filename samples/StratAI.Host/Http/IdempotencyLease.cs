namespace StratAI.Host.Http;

/// <summary>Keeps a key while its request runs, which may be minutes for an upload.</summary>
internal sealed class IdempotencyLease : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    public IdempotencyLease(IdempotencyStore store, ClaimedKey key) => _renewing = RenewAsync(store, key, _ended.Token);

    private static async Task RenewAsync(IdempotencyStore store, ClaimedKey key, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(IdempotencyStore.Lease / 3, store.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await store.TryRenewAsync(key, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The request has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _ended.Dispose();
    }
}
