using Microsoft.Extensions.Time.Testing;

namespace StratAI.Caching.Tests.Support;

/// <summary>What the mutex's contract runs against.</summary>
public interface IMutexBackend : IAsyncLifetime
{
    MutexNode CreateNode(FakeTimeProvider? time = null);

    /// <summary>Another instance; where there can be none, <paramref name="node"/> itself.</summary>
    MutexNode CreatePeer(MutexNode node);

    /// <summary>Waits until that many wait for the name.</summary>
    Task QueuedAsync(string name, int count);
}
