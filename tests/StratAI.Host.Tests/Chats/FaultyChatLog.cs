using StackExchange.Redis;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Tests.Chats;

/// <summary>A log that fails when a test wants it to: before it does what it is asked, or after that.</summary>
internal sealed class FaultyChatLog(IChatLog inner) : IChatLog
{
    /// <summary>What becomes of the next append: null, and it is done and answered.</summary>
    public Func<Fault>? Next { get; set; }

    public int Appends { get; private set; }

    public async Task<long?> AppendAsync(Guid answerId, long after, IReadOnlyList<ChatEvent> events)
    {
        Appends++;
        var fault = Next?.Invoke() ?? Fault.None;
        if (fault == Fault.Lost)
        {
            throw new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "x");
        }

        var last = await inner.AppendAsync(answerId, after, events);
        return fault == Fault.Unanswered ? throw new TimeoutException() : last;
    }

    public Task<IReadOnlyList<ChatEvent>> ReadAsync(Guid answerId, long after) => inner.ReadAsync(answerId, after);

    public Task<ChatEvent?> LastAsync(Guid answerId) => inner.LastAsync(answerId);

    public Task<IAsyncDisposable> WatchAsync(Guid answerId, Action changed) => inner.WatchAsync(answerId, changed);

    public void TellStop(Guid answerId) => inner.TellStop(answerId);

    public Task HearStopsAsync(Action<Guid> stop) => inner.HearStopsAsync(stop);
}

internal enum Fault
{
    None,
    Lost,
    Unanswered,
}
