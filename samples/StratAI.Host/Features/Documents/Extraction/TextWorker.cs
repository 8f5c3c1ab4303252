using System.Data.Common;
using System.Threading.Channels;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents.Extraction;

/// <summary>Reads the texts of documents beside the requests, two at a time. Every instance takes part.</summary>
internal sealed partial class TextWorker(
    TextQueue queue, TextProcess process, DocumentContent contents, ContextDocuments context, ToolResults results, TimeProvider time, ILogger<TextWorker> logger)
    : BackgroundService
{
    private const int AtOnce = 2;

    // For what other instances were given and did not get to, and for what is due again.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There may be something to read.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([TickAsync(stoppingToken), .. Enumerable.Range(0, AtOnce).Select(_ => WorkAsync(stoppingToken))]);

    private async Task TickAsync(CancellationToken cancellation)
    {
        Wake();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            Wake();
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await foreach (var _ in _wakes.Reader.ReadAllAsync(cancellation))
        {
            try
            {
                while (await queue.ClaimAsync(cancellation) is { } claim)
                {
                    // Where there was one, the other worker may find one too.
                    Wake();
                    await ReadAsync(claim, cancellation);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The claims end by themselves, and the next tick tries again.
                LogQueueFailed(exception);
            }
        }
    }

    private async Task ReadAsync(TextClaim claim, CancellationToken cancellation)
    {
        try
        {
            var (text, failure) = await FetchAsync(claim.Document, cancellation);
            using (text)
            {
                if (text is not null)
                {
                    if (await queue.CompleteAsync(claim, text, cancellation))
                    {
                        await context.ForgetAsync(claim.Document);
                        await results.ForgetAsync(claim.UserId, ToolSubject.Documents);
                    }

                    return;
                }
            }

            LogFailed(claim.DocumentId, failure!.Value);
            await (failure.Value.MayPass() && claim.Attempts < TextQueue.MaximumAttempts
                ? queue.PutOffAsync(claim, counts: true, cancellation)
                : queue.FailAsync(claim, failure.Value, cancellation));
        }
        catch (OperationCanceledException)
        {
            // Not the document's fault; another instance need not wait for the lease.
            await queue.PutOffAsync(claim, counts: false, CancellationToken.None);
            throw;
        }
        catch (Exception exception)
        {
            LogPutOff(exception, claim.DocumentId);
            await queue.PutOffAsync(claim, counts: exception is not (DbException or TimeoutException or ObjectStoreException { Failure: ObjectStoreFailure.Unavailable }), cancellation);
        }
    }

    private async Task<(DocumentText? Text, TextFailure? Failure)> FetchAsync(DocumentResource document, CancellationToken cancellation)
    {
        await using var store = contents.Open(document);
        await using var content = await store.GetAsync(document.ObjectKey ?? "content", cancellationToken: cancellation);
        return content is null ? (null, TextFailure.Missing)
            : TextTypes.IsPlain(document.ContentType) ? (await DocumentText.ReadAsync(content.Stream, content.Length, cancellation), null)
            : await process.ReadAsync(content.Stream, document.ContentType, cancellation);
    }

    [LoggerMessage(1, LogLevel.Information, "The text of document {Id} could not be read: {Reason}. The document itself is not affected.")]
    private partial void LogFailed(Guid id, TextFailure reason);

    [LoggerMessage(2, LogLevel.Warning, "The text of document {Id} could not be read now; it is tried again in a minute.")]
    private partial void LogPutOff(Exception exception, Guid id);

    [LoggerMessage(3, LogLevel.Warning, "The documents whose text is to be read could not be asked for or dealt with; it is tried again in a few seconds.")]
    private partial void LogQueueFailed(Exception exception);
}
