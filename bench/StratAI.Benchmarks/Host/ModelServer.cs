using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.Benchmarks.Host;

/// <summary>An OpenAI-compatible server on loopback whose answers are one word, and then silence for as long as it is told to keep them open.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ModelServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <param name="staysOpen">Whether answers end only with <see cref="Finish"/>.</param>
    public static async Task<ModelServer> StartAsync(bool staysOpen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var server = new ModelServer(builder.Build());
        server._app.MapPost("/v1/chat/completions", context => server.AnswerAsync(context, staysOpen));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Ends the answers that are open.</summary>
    public void Finish() => _finish.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Finish();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, bool staysOpen)
    {
        context.Response.ContentType = "text/event-stream";
        await SendAsync("""{"id":"1","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"role":"assistant","content":"Water."},"finish_reason":null}]}""");
        if (staysOpen)
        {
            await _finish.Task.WaitAsync(context.RequestAborted);
        }

        await SendAsync("""{"id":"1","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");
        await SendAsync("""{"id":"1","object":"chat.completion.chunk","created":1,"model":"bench","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}""");
        await SendAsync("[DONE]");

        async Task SendAsync(string data)
        {
            await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
