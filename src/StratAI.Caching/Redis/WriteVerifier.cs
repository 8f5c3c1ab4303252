using System.Threading.Channels;
using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// Compares what this instance wrote with what Redis holds once Redis has reported a change. Redis makes one report of all changes within
/// one turn of its loop, so that a report alone does not say that the write was the last of them.
/// </summary>
internal sealed class WriteVerifier(RedisScriptRunner scripts, LocalLevel local)
{
    private const int BatchSize = 128;
    private const int Capacity = 4096;

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public void Verify(string key, OwnWrite write)
    {
        if (!_items.Writer.TryWrite(new(key, write, null)))
        {
            local.Refute(key, write);
        }
    }

    /// <summary>Calls <paramref name="action"/> once all that was asked for before is done; never, if there is too much of it.</summary>
    public void Then(Action action) => _items.Writer.TryWrite(new("", null, action));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<(string Key, OwnWrite Write)>();
        await foreach (var item in _items.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Write is not null)
            {
                batch.Add((item.Key, item.Write));
            }

            if (batch.Count > 0 && (item.Action is not null || batch.Count == BatchSize || !_items.Reader.TryPeek(out _)))
            {
                await VerifyAsync(batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
            }

            item.Action?.Invoke();
        }
    }

    private async Task VerifyAsync(List<(string Key, OwnWrite Write)> batch, CancellationToken cancellationToken)
    {
        string[] keys = [.. batch.Select(item => item.Key)];
        RedisValue[] digests = [.. batch.Select(item => (RedisValue)item.Write.Digest)];
        var result = await scripts.TryRunAsync("verify", Scripts.Verify, keys, digests, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < batch.Count; i++)
        {
            if (result is null || (long)result[i] != 1)
            {
                local.Refute(batch[i].Key, batch[i].Write);
            }
        }
    }

    private readonly record struct Item(string Key, OwnWrite? Write, Action? Action);
}
