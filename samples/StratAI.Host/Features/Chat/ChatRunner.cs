using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using StratAI.Host.Errors;
using StratAI.Host.Features.Chat.Providers;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Http;
using StratAI.Host.Security;
using StratAI.Host.Telemetry;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Runs generations apart from the requests that asked for them: a client that goes away ends nothing. At shutdown those that run get a while to end,
/// then they are ended as failed, with their text kept and their streams told.
/// </summary>
internal sealed partial class ChatRunner(
    [FromKeyedServices(ChatSetup.Budgeted)] IChatClient model, ChatStore store, ChatGenerations generations, TimeProvider time, IHostApplicationLifetime lifetime,
    ChatMetrics metrics, ILogger<ChatRunner> logger) : BackgroundService
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);
    private const int MaximumTitle = 60;

    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <summary>The model that answers.</summary>
    public string Model { get; } = model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";

    public void Start(ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, IList<AITool> tools, ChatAllowance allowance)
    {
        var run = HostTelemetry.Detached("chat.generate", () => RunAsync(turn, generation, building, tools, allowance));
        // The request that asked ends before its answer may: the task takes nothing of it along but its trace.
        using (ExecutionContext.SuppressFlow())
        {
            _running[turn.AnswerId] = Task.Run(run);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var draining = lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
        using var timer = new PeriodicTimer(Heartbeat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var generation in generations.Running())
                {
                    if (!await store.SaveProgressAsync(generation.MessageId, generation.Text))
                    {
                        // Deleted with its conversation, or given up by an instance that took this one for dead.
                        generation.Abort();
                    }
                }

                if (await store.FailStaleAsync(time.Now() - ChatStore.StaleAfter, stoppingToken) is > 0 and var failed)
                {
                    LogTakenUp(failed);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogSweepFailed(exception);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        AbortAll();
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task DrainAsync()
    {
        await Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(DrainTime, time));
        AbortAll();
    }

    private void AbortAll()
    {
        foreach (var generation in generations.Running())
        {
            generation.Abort();
        }
    }

    private async Task RunAsync(
        ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, IList<AITool> tools, ChatAllowance allowance)
    {
        IReadOnlyList<ChatMessage> prompt = [];
        var rounds = new AnswerRounds();
        TokenUsage? usage = null;
        var measured = metrics.Begin();
        var (status, problem) = ("complete", default(Problem));
        // Handed on to the client that counts tokens: it holds as many as the prompt needs, more while it streams, and settles.
        var options = new ChatOptions { Tools = tools }.WithReservations(allowance.Tokens);
        try
        {
            prompt = await building;
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
            status = generation.IsStopped ? "stopped" : "failed";
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

        usage ??= rounds.Usage ?? ChatUsage.Estimate(prompt, options, generation.Text);
        // Before the end is told: a client that has seen it finds its tokens charged, and its place free.
        await allowance.SettleAsync(usage.InputTokens + usage.OutputTokens);
        await EndAsync(turn, generation, status, problem, usage, prompt.Count > 0 ? prompt[^1].Text : "");
        measured.End(status, usage);
        _running.TryRemove(turn.AnswerId, out _);
    }

    /// <summary>Stores first and tells then: a client that has seen the end finds it in the conversation.</summary>
    private async Task EndAsync(ChatTurn turn, Generation generation, string status, Problem? problem, TokenUsage usage, string question)
    {
        try
        {
            var title = turn.NeedsTitle && status == "complete" ? TitleOf(question) : null;
            status = await store.EndAsync(turn, generation.Text, status, usage, title) ? status : "failed";
        }
        catch (Exception exception)
        {
            // Its progress is no longer saved, so it is soon marked failed, with the text it had then.
            LogNotStored(exception);
            status = "failed";
        }

        problem ??= status == "failed" ? new(503, "generation-failed", "The answer could not be finished. What there is of it is kept in the conversation.") : null;
        var now = time.GetUtcNow();
        generation.Append(ChatEventData.Of(usage), now);
        generation.Append(problem is null ? ChatEventData.Of(new ChatEventData.Done(turn.AnswerId, status)) : ChatEventData.Of(problem), now);
    }

    private static string TitleOf(string question)
    {
        var line = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= MaximumTitle)
        {
            return line;
        }

        var end = line.LastIndexOf(' ', MaximumTitle - 1);
        // Never through a pair of surrogates.
        end = end > 0 ? end : char.IsHighSurrogate(line[MaximumTitle - 2]) ? MaximumTitle - 2 : MaximumTitle - 1;
        return line[..end] + "…";
    }

    [LoggerMessage(1, LogLevel.Error, "A generation failed.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The end of a generation could not be stored.")]
    private partial void LogNotStored(Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "{Count} generations of a dead instance were marked failed.")]
    private partial void LogTakenUp(int count);

    [LoggerMessage(4, LogLevel.Warning, "Dead generations could not be looked for; the next round tries again.")]
    private partial void LogSweepFailed(Exception exception);
}
