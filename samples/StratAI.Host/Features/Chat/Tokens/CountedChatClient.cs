using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;

namespace StratAI.Host.Features.Chat.Tokens;

/// <summary>
/// Has every call end with what it used, told once: as the model says, and counted where it does not say, be it that it never does or that the call was cut off.
/// A call that failed before anything came of it used nothing.
/// </summary>
internal sealed class CountedChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var (said, output, last, isEnded, isFinal) = (new UsageDetails(), new StringBuilder(), default(ChatResponseUpdate), false, false);
        ExceptionDispatchInfo? failure = null;
        await using var updates = InnerClient.GetStreamingResponseAsync(prompt, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    break;
                }
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
                break;
            }

            last = updates.Current;
            isEnded |= last.FinishReason is not null;
            foreach (var usage in last.Contents.OfType<UsageContent>().ToList())
            {
                // Running totals, in every protocol there is.
                said = Later(said, usage.Details);
                isFinal |= isEnded;
                last.Contents.Remove(usage);
            }

            output.AppendJoin(' ', TokenCount.TextOf(last.Contents));
            yield return last;
        }

        if (last is not null || failure is null || failure.SourceException is OperationCanceledException)
        {
            yield return new(ChatRole.Assistant, [new UsageContent(isFinal ? said : Counted(said, prompt, options, output.ToString()))])
            {
                FinishReason = last?.FinishReason, ModelId = last?.ModelId, ResponseId = last?.ResponseId, MessageId = last?.MessageId,
            };
        }

        failure?.Throw();
    }

    private static UsageDetails Later(UsageDetails known, UsageDetails next) => new()
    {
        InputTokenCount = Larger(known.InputTokenCount, next.InputTokenCount),
        OutputTokenCount = Larger(known.OutputTokenCount, next.OutputTokenCount),
        CachedInputTokenCount = Larger(known.CachedInputTokenCount, next.CachedInputTokenCount),
    };

    private static UsageDetails Counted(UsageDetails said, IEnumerable<ChatMessage> prompt, ChatOptions? options, string output) => new()
    {
        InputTokenCount = said.InputTokenCount > 0 ? said.InputTokenCount : ChatUsage.OfInput(prompt, options),
        OutputTokenCount = Larger(said.OutputTokenCount, TokenCount.Of(output)),
        CachedInputTokenCount = said.CachedInputTokenCount,
        AdditionalCounts = new() { [LocalChatClient.EstimatedCount] = 1 },
    };

    private static long? Larger(long? one, long? other) => one is null ? other : other is null ? one : Math.Max(one.Value, other.Value);
}
