using System.Collections.Concurrent;

namespace StratAI.Host.Features.Chat.Log;

/// <summary>The log of a host that is alone: lists in the process. Who follows a running answer is woken by its generation, so nobody needs to be told anything.</summary>
internal sealed class LocalChatLog(TimeProvider time) : IChatLog, IAsyncDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, Entry> _logs = new();

    public Task<long?> AppendAsync(Guid answerId, long after, IReadOnlyList<ChatEvent> events)
    {
        if (after == 0)
        {
            Forget();
        }

        var log = _logs.GetOrAdd(answerId, _ => new() { KeptUntil = time.GetUtcNow() + Kept });
        lock (log.Events)
        {
            if (log.Events.Count != after)
            {
                return Task.FromResult<long?>(log.Events.Count);
            }

            log.Events.AddRange(events);
            log.KeptUntil = time.GetUtcNow() + Kept;
            return Task.FromResult<long?>(null);
        }
    }

    public Task<IReadOnlyList<ChatEvent>> ReadAsync(Guid answerId, long after)
    {
        if (Find(answerId) is not { } log)
        {
            return Task.FromResult<IReadOnlyList<ChatEvent>>([]);
        }

        lock (log.Events)
        {
            return Task.FromResult<IReadOnlyList<ChatEvent>>(log.Events[(int)Math.Min(after, log.Events.Count)..]);
        }
    }

    public Task<ChatEvent?> LastAsync(Guid answerId)
    {
        var log = Find(answerId);
        lock (log?.Events ?? [])
        {
            return Task.FromResult(log?.Events.LastOrDefault());
        }
    }

    public Task<IAsyncDisposable> WatchAsync(Guid answerId, Action changed) => Task.FromResult<IAsyncDisposable>(this);

    public void TellStop(Guid answerId)
    {
    }

    public Task HearStopsAsync(Action<Guid> stop) => Task.CompletedTask;

    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;

    private Entry? Find(Guid answerId) => _logs.TryGetValue(answerId, out var log) && time.GetUtcNow() < log.KeptUntil ? log : null;

    private void Forget()
    {
        foreach (var (id, log) in _logs)
        {
            if (time.GetUtcNow() >= log.KeptUntil)
            {
                _logs.TryRemove(id, out _);
            }
        }
    }

    private sealed class Entry
    {
        public List<ChatEvent> Events { get; } = [];

        public DateTimeOffset KeptUntil { get; set; }
    }
}
