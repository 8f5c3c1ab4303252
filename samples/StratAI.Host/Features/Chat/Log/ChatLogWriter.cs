namespace StratAI.Host.Features.Chat.Log;

/// <summary>
/// Writes the events of a generation to the log, whatever is pending by one call, and shows them to readers once they are in it: what a client has seen, no
/// crash takes back. While the log does not answer, readers of this instance get the events all the same, and they are written in order once it does.
/// </summary>
internal sealed partial class ChatLogWriter(IChatLog log, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ChatLogWriter> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Ends when the last event is written, when another instance has taken the answer up, or when the log has not answered for long after the end.</summary>
    public async Task WriteAsync(Generation generation)
    {
        while (!generation.IsLost)
        {
            await generation.Work.WaitAsync(CancellationToken.None);
            do
            {
                if (!await TryWriteAsync(generation))
                {
                    if (generation.EndedAt is { } ended && (lifetime.ApplicationStopping.IsCancellationRequested || time.GetUtcNow() - ended > Patience))
                    {
                        LogGivenUp();
                        return;
                    }

                    await Task.Delay(Retry, time);
                }
            }
            while (!generation.IsLost && generation.HasUnwritten);

            if (generation.EndedAt is not null)
            {
                return;
            }
        }
    }

    /// <summary>One call. False when the log did not answer.</summary>
    private async Task<bool> TryWriteAsync(Generation generation)
    {
        try
        {
            var (written, batch) = generation.Unwritten();
            var found = await log.AppendAsync(generation.MessageId, written, batch);
            if (found > written)
            {
                await CompareAsync(generation, written, batch);
            }
            // Fewer than were written before: the server has lost its end, or everything. What is missing is written anew.
            else if (generation.Written(found ?? written + batch.Count))
            {
                LogReachable();
            }

            return true;
        }
        catch (Exception exception)
        {
            // Whatever it is: the answer goes on, and its log is tried again.
            if (generation.GoOnAlone())
            {
                LogUnreachable(exception);
            }

            return false;
        }
    }

    /// <summary>More is there than was known of: by a call of ours whose answer did not come, or by an instance that has taken the answer up.</summary>
    private async Task CompareAsync(Generation generation, long written, IReadOnlyList<ChatEvent> batch)
    {
        var found = await log.ReadAsync(generation.MessageId, written);
        var ours = found.Zip(batch).TakeWhile(pair => pair.First == pair.Second).Count();
        if (ours < Math.Min(found.Count, batch.Count) || ours == 0)
        {
            LogLost();
            generation.Lose();
        }
        else
        {
            generation.Written(written + ours);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The log of an answer cannot be reached. Its readers on this instance still get it; on others they wait.")]
    private partial void LogUnreachable(Exception exception);

    [LoggerMessage(2, LogLevel.Information, "The log of an answer is reached again, and complete.")]
    private partial void LogReachable();

    [LoggerMessage(3, LogLevel.Warning, "An answer was taken up by another instance: its generation here ends.")]
    private partial void LogLost();

    [LoggerMessage(4, LogLevel.Warning, "The end of an answer was not written to its log. Its readers elsewhere are told by the message.")]
    private partial void LogGivenUp();
}
