using System.Runtime.CompilerServices;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Features.Chat;

/// <summary>Follows answers: those of this instance from the generation, those of others from the log.</summary>
internal sealed class ChatFollower(ChatGenerations generations, IChatLog log, ChatEndings endings, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>
    /// The events behind the one numbered <paramref name="after"/>, those there are at once and the others as they come, up to the last one. A null says that for a while
    /// there was none. It ends without a last event when this instance stops, or cannot reach the log: elsewhere it can be gone on with.
    /// </summary>
    public async IAsyncEnumerable<ChatEvent?> FollowAsync(Guid answerId, long after, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var answer = new FollowedAnswer(answerId, after, generations, log, endings, time, lifetime.ApplicationStopping);
        while (await answer.NextAsync(cancellation) is { } next)
        {
            if (next.Count == 0)
            {
                yield return null;
            }

            foreach (var item in next)
            {
                yield return item;
                if (item.IsLast)
                {
                    yield break;
                }
            }
        }
    }
}
