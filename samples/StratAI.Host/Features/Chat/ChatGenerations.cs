using System.Collections.Concurrent;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Features.Chat;

/// <summary>The generations of this instance: those that run, and those whose end is not in the log yet.</summary>
internal sealed class ChatGenerations(ChatLogWriter writer)
{
    private readonly ConcurrentDictionary<Guid, (Generation Generation, Task Writing)> _known = new();

    public Generation Start(Guid messageId)
    {
        var generation = new Generation(messageId);
        // Its writer is nothing of the request that asked.
        using (ExecutionContext.SuppressFlow())
        {
            _known[messageId] = (generation, Task.Run(() => writer.WriteAsync(generation)));
        }

        return generation;
    }

    public Generation? Find(Guid messageId) => _known.TryGetValue(messageId, out var known) && !known.Generation.IsLost ? known.Generation : null;

    public IReadOnlyList<Generation> Running() => [.. _known.Values.Select(known => known.Generation).Where(generation => generation.EndedAt is null && !generation.IsLost)];

    /// <summary>Waits until the log has all of it, or never will, and forgets it.</summary>
    public async Task CloseAsync(Generation generation)
    {
        await _known[generation.MessageId].Writing;
        _known.TryRemove(generation.MessageId, out _);
        generation.Dispose();
    }
}
