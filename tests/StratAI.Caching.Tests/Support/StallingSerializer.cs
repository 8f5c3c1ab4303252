using System.Buffers;
using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Tests.Support;

/// <summary>Stops the first read after <see cref="Stall"/>, in the middle of a hit in L2, until it is told to go on.</summary>
public sealed class StallingSerializer : IHybridCacheSerializer<Opaque>, IDisposable
{
    private readonly OpaqueSerializer _inner = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new(initialState: true);

    public Task Stalled => _stalled.Task.WaitAsync(TimeSpan.FromSeconds(15));

    public void Stall() => _open.Reset();

    public void Resume() => _open.Set();

    public Opaque Deserialize(ReadOnlySequence<byte> source)
    {
        _stalled.TrySetResult();
        _open.Wait(TimeSpan.FromSeconds(15));
        return _inner.Deserialize(source);
    }

    public void Serialize(Opaque value, IBufferWriter<byte> target) => _inner.Serialize(value, target);

    public void Dispose() => _open.Dispose();
}
