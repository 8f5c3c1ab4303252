using System.Text;

namespace StratAI.Host.Features.Chat;

/// <summary>
/// Events as <c>text/event-stream</c> (WHATWG HTML §9.2). A comment goes out whenever nothing else did for a while, so that proxies keep the
/// connection open and a lost client is noticed: a null among the events stands for it.
/// </summary>
internal sealed class EventStreamResult(IAsyncEnumerable<ChatEvent?> events) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        // Tells nginx and its kin to pass every event on at once.
        response.Headers["X-Accel-Buffering"] = "no";

        using var open = httpContext.RequestServices.GetRequiredService<ChatMetrics>().OpenStream();
        var aborted = httpContext.RequestAborted;
        try
        {
            // Sends the headers before there is an event, so that the client knows it is connected.
            await response.StartAsync(aborted);
            await foreach (var item in events.WithCancellation(aborted))
            {
                await response.WriteAsync(item is null ? ":\n\n" : $"id: {item.Id}\nevent: {item.Type}\ndata: {item.Data}\n\n", Encoding.UTF8, aborted);
                await response.Body.FlushAsync(aborted);
            }
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client went away. The generation goes on; its events wait for a client that comes back.
        }
    }
}
