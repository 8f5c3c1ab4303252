using StackExchange.Redis;
using StratAI.Host.Features.Chat.Log;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// What an instance does for answers while they run, its own and those of dead instances. Each in a loop of its own: taking up what is dead must not keep what
/// lives from being held.
/// </summary>
internal sealed partial class ChatBeat(
    ChatGenerations generations, ChatLeases leases, ChatTakeover takeover, IChatLog log, TimeProvider time, ILogger<ChatBeat> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    // What a lost message costs one who stops an answer.
    private static readonly TimeSpan StopBeat = TimeSpan.FromSeconds(1);

    private bool _hearsStops;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        return Task.WhenAll(
            EveryAsync(StopBeat, "stops", StopAsked),
            EveryAsync(StopBeat, "messages of stops", HearStopsAsync),
            EveryAsync(Beat, "leases", RenewAsync),
            EveryAsync(Beat, "progress", SaveAsync),
            EveryAsync(Beat, "dead instances", takeover.RunAsync));

        async Task EveryAsync(TimeSpan period, string what, Func<CancellationToken, Task> action)
        {
            using var timer = new PeriodicTimer(period, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await action(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    LogFailed(exception, what);
                }
            }
        }
    }

    private async Task StopAsked(CancellationToken cancellation)
    {
        if (generations.Running() is { Count: > 0 } running)
        {
            foreach (var answer in await leases.StopsAsync(running.Select(generation => generation.MessageId), cancellation))
            {
                generations.Find(answer)?.Stop();
            }
        }
    }

    private async Task HearStopsAsync(CancellationToken cancellation)
    {
        if (_hearsStops)
        {
            return;
        }

        try
        {
            await log.HearStopsAsync(answer => generations.Find(answer)?.Stop());
            _hearsStops = true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Until it is back, a stop is seen in the database.
        }
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        if (generations.Running() is not { Count: > 0 } running)
        {
            return;
        }

        var held = (await leases.RenewAsync(running.Select(generation => generation.MessageId), cancellation)).ToHashSet();
        foreach (var generation in running)
        {
            if (held.Contains(generation.MessageId))
            {
                generation.Work.Set();
            }
            else
            {
                // Deleted with its conversation, or taken up by an instance that took this one for dead.
                generation.Abort();
            }
        }
    }

    private async Task SaveAsync(CancellationToken cancellation)
    {
        foreach (var generation in generations.Running())
        {
            var text = generation.Text;
            await leases.SaveProgressAsync(generation.MessageId, text, ChatUsage.Estimate(generation.InputTokens, text));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Chat could not see to its {What}; the next round tries again.")]
    private partial void LogFailed(Exception exception, string what);
}
