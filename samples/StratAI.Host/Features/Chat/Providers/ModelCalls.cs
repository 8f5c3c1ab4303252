using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace StratAI.Host.Features.Chat.Providers;

/// <summary>
/// Calls a model within its time-outs, and again where that is safe: a passing failure before anything of an answer has come. What ends an answer otherwise is a
/// <see cref="ModelException"/>, and closes the connection.
/// </summary>
internal sealed partial class ModelCalls(IChatClient inner, ProviderSettings settings, TimeProvider time, ILogger<ModelCalls> logger) : DelegatingChatClient(inner)
{
    private const int Repetitions = 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        options = options?.Clone() ?? new();
        options.MaxOutputTokens ??= settings.MaxOutputTokens;
        var watch = new ModelWatch(settings, time);
        for (var repetition = 0; ; repetition++)
        {
            ModelException failure;
            bool hasBegun;
            await using (var attempt = new ModelAttempt(InnerClient, prompt, options, watch, cancellationToken))
            {
                while (await attempt.MoveNextAsync())
                {
                    yield return attempt.Current;
                }

                if (attempt.Failure is null)
                {
                    yield break;
                }

                (failure, hasBegun) = (attempt.Failure, attempt.HasBegun);
            }

            var pause = failure.RetryAfter ?? FirstPause * (1 << repetition) * (1 + Random.Shared.NextDouble());
            if (hasBegun || !failure.IsPassing || repetition == Repetitions || pause >= watch.Left)
            {
                throw failure;
            }

            LogAgain(pause.TotalSeconds, failure.Message);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The model is asked again in {Seconds:0.0} s. {Reason}")]
    private partial void LogAgain(double seconds, string reason);
}
