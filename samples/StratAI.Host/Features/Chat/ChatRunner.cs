using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Errors;
using StratAI.Host.Features.Chat.Providers;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Security;
using StratAI.Host.Telemetry;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Runs generations apart from the requests that asked for them: a client that goes away ends nothing. At shutdown those that run get a while to end,
/// then they are ended as failed, with their text kept and their streams told.
/// </summary>
internal sealed partial class ChatRunner(
    [FromKeyedServices(ChatSetup.Budgeted)] IChatClient model, ChatStore store, ChatGenerations generations, IOptions<ChatSettings> settings, TimeProvider time,
    IHostApplicationLifetime lifetime, ChatMetrics metrics, ILogger<ChatRunner> logger) : IHostedService
{
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    private Task _draining = Task.CompletedTask;

    /// <summary>The model that answers.</summary>
    public string Model { get; } = model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";

    public void Start(ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, IList<AITool> tools, ChatAllowance allowance)
    {
        var run = HostTelemetry.Detached("chat.generate", () => RunAsync(turn, generation, building, tools, allowance));
        // The request that asked ends before its answer may: the task takes nothing of it along but its trace. Its tools have their own (AnswerTools).
        using (ExecutionContext.SuppressFlow())
        {
            _running[turn.AnswerId] = Task.Run(run);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The server stops first, and waits for the open streams: they must be given their end before that.
        lifetime.ApplicationStopping.Register(() => _draining = DrainAsync());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _draining.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task DrainAsync()
    {
        await Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(settings.Value.DrainTime, time));
        foreach (var generation in generations.Running())
        {
            generation.Abort();
        }
    }

    private async Task RunAsync(
        ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, IList<AITool> tools, ChatAllowance allowance)
    {
        var rounds = new AnswerRounds();
        TokenUsage? usage = null;
        var measured = metrics.Begin();
        var (status, problem) = ("complete", default(Problem));
        // Handed on to the client that counts tokens: it holds as many as the prompt needs, more while it streams, and settles.
        var options = new ChatOptions { Tools = tools }.WithReservations(allowance.Tokens);
        try
        {
            var prompt = await building;
            generation.InputTokens = ChatUsage.OfInput(prompt, options);
            await foreach (var update in model.GetStreamingResponseAsync(prompt, options, generation.Cancelled))
            {
                if (rounds.Add(update) is { Length: > 0 } delta)
                {
                    generation.AppendText(delta, time.GetUtcNow());
                    measured.Text();
                }

                if (LimitProblems.OfEnded(update) is { } ended)
                {
                    (status, problem) = ("stopped", ended);
                }
            }
        }
        catch (OperationCanceledException) when (generation.Cancelled.IsCancellationRequested)
        {
            (status, problem) = generation.IsFull ? ("stopped", ChatProblems.TooLong()) : (generation.IsStopped ? "stopped" : "failed", null);
        }
        catch (TokenBudgetExceededException exception)
        {
            // The first call was refused; or a later one, behind what the answer has already used and done.
            var isFirst = rounds.Usage is null && generation.Text.Length == 0;
            (status, problem, usage) = (isFirst ? "failed" : "stopped", problem ?? LimitProblems.Of(exception.Decision), isFirst ? ChatUsage.None : null);
        }
        catch (Exception exception)
        {
            LogFailed(exception);
            (status, problem, usage) = ("failed", ModelProblems.Of(exception), rounds.Usage ?? (generation.Text.Length == 0 ? ChatUsage.None : null));
        }

        usage ??= rounds.Usage ?? ChatUsage.Estimate(generation.InputTokens, generation.Text);
        // Before the end is told: a client that has seen it finds its tokens charged, and its place free.
        await allowance.SettleAsync(usage.InputTokens + usage.OutputTokens);
        measured.End(await EndAsync(turn, generation, status, problem, usage), usage);
        await generations.CloseAsync(generation);
        _running.TryRemove(turn.AnswerId, out _);
    }

    /// <summary>Stores first and tells then: a client that has seen the end finds it in the conversation.</summary>
    /// <returns>The status that it was told.</returns>
    private async Task<string> EndAsync(ChatTurn turn, Generation generation, string status, Problem? problem, TokenUsage usage)
    {
        try
        {
            var stored = await store.EndAsync(turn.ConversationId, turn.AnswerId, generation.Text, status, usage, ChatTitle.Of(turn.Question));
            status = stored ? status : "failed";
        }
        catch (Exception exception)
        {
            // Its lease is no longer renewed, so another instance soon marks it failed, with the text of its log.
            LogNotStored(exception);
            status = "failed";
        }

        problem ??= status == "failed" ? ChatProblems.Failed() : null;
        var now = time.GetUtcNow();
        generation.Append(ChatEventData.Of(usage), now);
        generation.Append(problem is null ? ChatEventData.Of(new ChatEventData.Done(turn.AnswerId, status)) : ChatEventData.Of(problem), now);
        return status;
    }

    [LoggerMessage(1, LogLevel.Error, "A generation failed.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The end of a generation could not be stored.")]
    private partial void LogNotStored(Exception exception);
}
