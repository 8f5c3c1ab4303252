using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StratAI.Host.Errors;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Security;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Runs generations apart from the requests that asked for them: a client that goes away ends nothing. At shutdown those that run get a while to end,
/// then they are ended as failed, with their text kept and their streams told.
/// </summary>
internal sealed partial class ChatRunner(
    [FromKeyedServices(ChatSetup.Budgeted)] IChatClient model, ChatStore store, ChatGenerations generations, IOptions<ChatSettings> settings, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ChatRunner> logger) : IHostedService
{
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    private Task _draining = Task.CompletedTask;

    /// <summary>The model that answers.</summary>
    public string Model { get; } = model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";

    public void Start(ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, ChatAllowance allowance)
    {
        // The request that asked ends before its answer may: the task takes nothing of it along, not even its trace.
        using (ExecutionContext.SuppressFlow())
        {
            _running[turn.AnswerId] = Task.Run(() => RunAsync(turn, generation, building, allowance));
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

    private async Task RunAsync(ChatTurn turn, Generation generation, Task<IReadOnlyList<ChatMessage>> building, ChatAllowance allowance)
    {
        IReadOnlyList<ChatMessage> prompt = [];
        TokenUsage? usage = null;
        var (status, problem) = ("complete", default(Problem));
        try
        {
            prompt = await building;
            generation.InputTokens = ChatUsage.OfInput(prompt);
            // Handed on to the client that counts tokens: it holds as many as the prompt needs, more while it streams, and settles.
            var options = new ChatOptions().WithReservations(allowance.Tokens);
            await foreach (var update in model.GetStreamingResponseAsync(prompt, options, generation.Cancelled))
            {
                usage = update.Contents.OfType<UsageContent>().LastOrDefault() is { } reported ? ChatUsage.Report(reported.Details) : usage;
                if (update.Text is { Length: > 0 } delta)
                {
                    generation.AppendText(delta, time.GetUtcNow());
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
            (status, problem, usage) = ("failed", LimitProblems.Of(exception.Decision), ChatUsage.None);
        }
        catch (Exception exception)
        {
            LogFailed(exception);
            (status, usage) = ("failed", usage ?? (generation.Text.Length == 0 ? ChatUsage.None : null));
        }

        usage ??= ChatUsage.Estimate(prompt, generation.Text);
        // Before the end is told: a client that has seen it finds its tokens charged, and its place free.
        await allowance.SettleAsync(usage.InputTokens + usage.OutputTokens);
        await EndAsync(turn, generation, status, problem, usage);
        await generations.CloseAsync(generation);
        _running.TryRemove(turn.AnswerId, out _);
    }

    /// <summary>Stores first and tells then: a client that has seen the end finds it in the conversation.</summary>
    private async Task EndAsync(ChatTurn turn, Generation generation, string status, Problem? problem, TokenUsage usage)
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
    }

    [LoggerMessage(1, LogLevel.Error, "A generation failed.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The end of a generation could not be stored.")]
    private partial void LogNotStored(Exception exception);
}
