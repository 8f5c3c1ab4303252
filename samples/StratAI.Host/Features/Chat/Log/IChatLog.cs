namespace StratAI.Host.Features.Chat.Log;

/// <summary>
/// The events of answers, where readers find them: a list in the process, or a Redis Stream that all instances see. A log is kept for ten minutes after it
/// was last written to or renewed.
/// </summary>
internal interface IChatLog
{
    /// <summary>
    /// Adds events behind the one numbered <paramref name="after"/>; with none, only renews. Null when that is done. Otherwise the log does not end there: nothing was
    /// done, and the number is the last event's, 0 when there is no log.
    /// </summary>
    Task<long?> AppendAsync(Guid answerId, long after, IReadOnlyList<ChatEvent> events);

    /// <summary>The events behind the one numbered <paramref name="after"/>; of many, the first ones.</summary>
    Task<IReadOnlyList<ChatEvent>> ReadAsync(Guid answerId, long after);

    /// <summary>The last event; null when there is no log.</summary>
    Task<ChatEvent?> LastAsync(Guid answerId);

    /// <summary>Calls <paramref name="changed"/> when events were added, by any instance, until it is disposed. A call may be missed.</summary>
    Task<IAsyncDisposable> WatchAsync(Guid answerId, Action changed);

    /// <summary>Tells all instances that an answer is to stop. The message may be lost.</summary>
    void TellStop(Guid answerId);

    Task HearStopsAsync(Action<Guid> stop);
}
