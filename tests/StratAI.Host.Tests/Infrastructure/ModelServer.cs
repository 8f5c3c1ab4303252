using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A provider of a language model, over real HTTP, that answers what a test has it answer.</summary>
public abstract class ModelServer : IAsyncDisposable
{
    public const string Key = "key-that-nobody-may-see";
    public const string Model = "test-model";

    private readonly WebApplication _app;

    protected ModelServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/{**path}", ServeAsync);
        _app.Start();
    }

    /// <summary>What it does with a request. The default is a short answer.</summary>
    public Func<ModelReply, Task> Answer { get; set; } = reply => reply.SendAsync(reply.Server.Whole("Hello there."));

    public ConcurrentQueue<ModelRequest> Requests { get; } = new();

    protected Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The configuration of a host whose provider it is.</summary>
    public abstract Dictionary<string, string> Settings { get; }

    /// <summary>The section of the provider's settings.</summary>
    public abstract string Section { get; }

    /// <summary>The first event of an answer; it says that the prompt had 1,125 tokens, 1,000 of them cached, if the protocol says so that early.</summary>
    public abstract string Beginning { get; }

    /// <summary>A piece of text.</summary>
    public abstract string Delta(string text);

    /// <summary>A call of a tool, its arguments in fragments.</summary>
    public abstract string ToolCall(string id, string name, params string[] fragments);

    /// <summary>The end of an answer: 1,125 tokens of prompt, 1,000 of them cached, and 15 of answer.</summary>
    public abstract string Ending(string? reason = null);

    /// <summary>An error in place of the rest.</summary>
    public abstract string Failure(string type);

    public string Whole(string text) => Beginning + Delta(text) + Ending();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        Requests.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization.ToString(), body));
        try
        {
            await Answer(new ModelReply(this, context, Requests.Count));
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }

    protected static string Json(object value) => System.Text.Json.JsonSerializer.Serialize(value);
}

public sealed record ModelRequest(string Path, string Authorization, JsonNode Body);

/// <summary>The answer to one request, being made.</summary>
public sealed class ModelReply
{
    private readonly HttpContext _context;

    public ModelReply(ModelServer server, HttpContext context, int number)
    {
        (Server, _context, Number) = (server, context, number);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(gone.SetResult);
        Gone = gone.Task;
    }

    public ModelServer Server { get; }

    /// <summary>1 for the first request.</summary>
    public int Number { get; }

    /// <summary>Completes when the client closes the connection.</summary>
    public Task Gone { get; }

    /// <summary>Sends what is of a stream, in chunks of so many bytes.</summary>
    public async Task SendAsync(string text, int chunk = int.MaxValue)
    {
        if (!_context.Response.HasStarted)
        {
            _context.Response.ContentType = "text/event-stream";
        }

        foreach (var bytes in System.Text.Encoding.UTF8.GetBytes(text).Chunk(chunk))
        {
            await _context.Response.Body.WriteAsync(bytes, _context.RequestAborted);
            await _context.Response.Body.FlushAsync(_context.RequestAborted);
        }
    }

    public async Task FailAsync(int status, string type, string? retryAfter = null)
    {
        _context.Response.StatusCode = status;
        _context.Response.Headers.RetryAfter = retryAfter;
        _context.Response.Headers["request-id"] = "req_1";
        await _context.Response.WriteAsJsonAsync(new { type = "error", error = new { type, message = "You said: a secret question" } });
    }

    /// <summary>Sends the same request elsewhere.</summary>
    public void Redirect(string address) => _context.Response.Redirect(address, permanent: false, preserveMethod: true);

    /// <summary>Sends nothing more until the client goes.</summary>
    public Task HoldAsync() => Gone;

    public void Abort() => _context.Abort();
}
