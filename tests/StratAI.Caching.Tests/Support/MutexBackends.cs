using Microsoft.Extensions.Time.Testing;

namespace StratAI.Caching.Tests.Support;

/// <summary>Exclusion within one process.</summary>
public sealed class EmbeddedMutexBackend : IMutexBackend
{
    public MutexNode CreateNode(FakeTimeProvider? time) => new(_ => { }, time);

    public MutexNode CreatePeer(MutexNode node) => node;

    // A call takes its place before it returns.
    public Task QueuedAsync(string name, int count) => Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Two instances on one real Redis.</summary>
public class RedisMutexBackend : IMutexBackend
{
    private readonly RedisSpace _redis = new();

    public virtual MutexNode CreateNode(FakeTimeProvider? time) => MutexNode.OnRedis(_redis.Namespace, time: time);

    public virtual MutexNode CreatePeer(MutexNode node) => CreateNode(null);

    public virtual Task QueuedAsync(string name, int count) => Eventually.TrueAsync(
        async () => await _redis.Database.SortedSetLengthAsync($"{{{_redis.Namespace}:{name}}}:queue") == count, $"{count} wait");

    public Task InitializeAsync() => _redis.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var key in await _redis.KeysAsync())
        {
            // Gone meanwhile is as good as expiring.
            Assert.False(await _redis.Database.KeyExistsAsync(key) && await _redis.Database.KeyTimeToLiveAsync(key) is null, $"{key} never expires.");
        }

        await _redis.DisposeAsync();
    }

    protected string Namespace => _redis.Namespace;
}

/// <summary>Two instances whose callers queue among themselves first.</summary>
public sealed class FallbackMutexBackend : RedisMutexBackend
{
    public override MutexNode CreateNode(FakeTimeProvider? time) =>
        MutexNode.OnRedis(Namespace, configure: options => options.Outage = StratAI.Caching.Locking.MutexOutage.Local, time: time);

    // The order of arrival is kept within an instance.
    public override MutexNode CreatePeer(MutexNode node) => node;

    // One takes its place in the process before the call returns, and only the first of them one in Redis.
    public override Task QueuedAsync(string name, int count) => Task.CompletedTask;
}
