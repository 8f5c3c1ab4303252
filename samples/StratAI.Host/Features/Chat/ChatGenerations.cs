using System.Collections.Concurrent;

namespace StratAI.Host.Features.Chat;

/// <summary>The generations of this instance: those that run, and for ten minutes those that have ended.</summary>
internal sealed class ChatGenerations(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, Generation> _known = new();

    public Generation Start(Guid messageId)
    {
        Forget();
        return _known.GetOrAdd(messageId, id => new Generation(id));
    }

    public Generation? Find(Guid messageId) => _known.TryGetValue(messageId, out var generation) && !IsExpired(generation) ? generation : null;

    public IReadOnlyList<Generation> Running() => [.. _known.Values.Where(generation => generation.EndedAt is null)];

    private void Forget()
    {
        foreach (var (id, generation) in _known)
        {
            if (IsExpired(generation) && _known.TryRemove(id, out _))
            {
                generation.Dispose();
            }
        }
    }

    private bool IsExpired(Generation generation) => generation.EndedAt is { } ended && time.GetUtcNow() - ended > Kept;
}
