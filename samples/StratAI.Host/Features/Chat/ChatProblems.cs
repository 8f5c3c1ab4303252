using StratAI.Host.Errors;

namespace StratAI.Host.Features.Chat;

internal static class ChatProblems
{
    public static Problem Failed() => new(503, "generation-failed", "The answer could not be finished. What there is of it is kept in the conversation.");

    public static Problem TooLong() => new(413, "answer-too-long", "The answer has come to the most that one may have. What there is of it is kept in the conversation.");

    public static Problem Expired() => new(410, "stream-expired", "The events are no longer kept. The message holds the whole answer.");
}
