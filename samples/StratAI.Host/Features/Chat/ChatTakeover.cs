using StackExchange.Redis;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Ends the answers of instances that have died. First the lease, which fences the former owner off the message; then the log, which fences it off the events
/// and says what clients have seen; then the message, with that text. One that dies in between leaves the lease to run out once more.
/// </summary>
internal sealed partial class ChatTakeover(ChatLeases leases, ChatGenerations generations, ChatEndings endings, ChatStore store, ILogger<ChatTakeover> logger)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var dead = await leases.ClaimDeadAsync(generations.Running().Select(generation => generation.MessageId), cancellation);
        if (dead.Count > 0)
        {
            var ended = await Task.WhenAll(dead.Select(answer => EndAsync(answer, cancellation)));
            LogTakenUp(ended.Count(done => done));
        }
    }

    private async Task<bool> EndAsync(Guid answerId, CancellationToken cancellation)
    {
        if (await endings.FindAsync(answerId, cancellation) is not { IsOver: false } saved)
        {
            return false;
        }

        var answer = Failed(saved, saved.Content);
        try
        {
            // The longer text is the one that has what the other has.
            var text = await endings.EndAsync(answerId, logged => Failed(saved, logged.Length > saved.Content.Length ? logged : saved.Content));
            answer = Failed(saved, text ?? saved.Content);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogLogAway(exception);
        }

        return await store.EndAsync(answer.ConversationId, answerId, answer.Content, answer.Status, answer.Usage!, ChatTitle.Of(answer.Question));
    }

    private static KeptAnswer Failed(KeptAnswer saved, string text) => saved with
    {
        Status = "failed",
        Content = text,
        Usage = ChatUsage.Estimate(saved.Usage?.InputTokens ?? ChatUsage.OfText(saved.Question), text),
    };

    [LoggerMessage(1, LogLevel.Warning, "{Count} answers of a dead instance were marked failed.")]
    private partial void LogTakenUp(int count);

    [LoggerMessage(2, LogLevel.Warning, "The log of a dead instance's answer cannot be reached. The answer is kept as it was last saved.")]
    private partial void LogLogAway(Exception exception);
}
